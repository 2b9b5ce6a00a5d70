"""What schemathesis is told about Tollbook: which key opens which operation, what exists, and what it may not end.

Generated ids hit nothing, and 404 alone proves little. So in two of three requests parts of the path, the query and the body that
name something are replaced by something that exists: taken from the lists at the start and from every answer since. Half of the bodies are
good ones with a field or two as they were generated. Everything else stays as it was generated, wrong or right.

It counts its requests: TOLLBOOK_FUZZ_COUNTS names the file.
"""

import atexit
import json
import os
import random
import threading
import zlib

import requests
import schemathesis

URL = os.environ["TOLLBOOK_FUZZ_URL"]
ADMIN_KEY = os.environ["TOLLBOOK_FUZZ_KEY"]
OPERATOR_KEY = os.environ["TOLLBOOK_FUZZ_OPERATOR_KEY"]
COUNTS = os.environ["TOLLBOOK_FUZZ_COUNTS"]
OPERATORS = ("/v1/organizations", "/metrics")
LIVE = os.environ["TOLLBOOK_FUZZ_ORGANIZATION"]
EXAMPLES = json.loads(os.environ["TOLLBOOK_FUZZ_EXAMPLES"])
OWN_KEY = os.environ["TOLLBOOK_FUZZ_KEY_ID"]
MAX_KNOWN = 200

# Fields of bodies and queries, and the lists that hold what they name.
NAMES = {
    "customer": "/v1/customers",
    "customers": "/v1/customers",
    "customer_id": "/v1/customers",
    "tenantId": "/v1/customers",
    "tenant_id": "/v1/customers",
    "plan": "/v1/plans",
    "planId": "/v1/plans",
    "meter": "/v1/meters",
    "metric": "/v1/meters",
    "coupon": "/v1/coupons",
    "tax_rates": "/v1/tax-rates",
    "invoice": "/v1/invoices",
    "credit_note": "/v1/credit-notes",
    "subscription": "/v1/subscriptions",
    "run": "/v1/billing-runs",
}
# Paths that name what other lists hold.
SAME_AS = {
    "/v1/admin/customers/{key}": "/v1/customers/{key}",
    "/v1/admin/invoices/{id}": "/v1/invoices/{id}",
    "/api/v1/tenants/{id}": "/v1/customers/{key}",
    "/api/v1/usage/tenants/{id}": "/v1/customers/{key}",
    "/api/v1/usage/{customer_id}": "/v1/customers/{key}",
    "/api/v1/billing/tenants/{id}": "/v1/customers/{key}",
    "/api/v1/billing/admin/tenants/{id}": "/v1/customers/{key}",
    "/api/v1/billing/{customer_id}": "/v1/customers/{key}",
    "/api/v1/billing/invoices/{id}": "/v1/invoices/{id}",
}

lock = threading.Lock()
known: dict[str, list[tuple[str, ...]]] = {}
counts: dict[str, dict[str, int]] = {}


def key_of(path):
    return OPERATOR_KEY if path.startswith(OPERATORS) else ADMIN_KEY


@schemathesis.auth(refresh_interval=None)
class Keys:
    """Lives as long as the run: no request may revoke or rotate it (see spare)."""

    def get(self, case, context):
        return key_of(case.operation.path)

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def shape(path):
    """'/v1/a/{id}/b/{x}' as ('v1', 'a', None, 'b', None)."""
    return tuple(None if part.startswith("{") else part for part in path.strip("/").split("/"))


def learn(path, values, answer):
    """Items of an answer to a request of this path, each as the values of the parameters that lead to it."""
    items = answer.get("data") if isinstance(answer, dict) and isinstance(answer.get("data"), list) else [answer]
    with lock:
        for item in items[:MAX_KNOWN]:
            if not isinstance(item, dict):
                continue
            name = item.get("key", item.get("id", item.get("position")))
            if path.startswith("/v1/api-keys"):
                name = item.get("id")
            if isinstance(name, (str, int)) and not isinstance(name, bool):
                known.setdefault(path, []).append((*values, str(name)))
            for part in ("lines", "discounts", "versions", "manual_lines", "manual_discounts"):
                for inner in item.get(part) or []:
                    if isinstance(inner, dict) and isinstance(name, (str, int)):
                        own = inner.get("id", inner.get("position", inner.get("version")))
                        if own is not None:
                            where = part.removeprefix("manual_")
                            known.setdefault(f"{path}/{{}}/{where}", []).append((*values, str(name), str(own)))
        for place in known.values():
            del place[:-MAX_KNOWN]


LISTS = (
    "api-keys billing-runs coupons credit-notes customers dead-letters events exchange-rates invoice-drafts invoices meters "
    "organizations payments plans subscriptions tax-rates"
).split()
for each in LISTS:
    path = f"/v1/{each}"
    response = requests.get(f"{URL}{path}?limit=100", headers={"Authorization": f"Bearer {key_of(path)}"}, timeout=30)
    if response.ok:
        learn(path, (), response.json())
        if each in ("invoices", "credit-notes", "invoice-drafts", "plans"):
            for (name,) in list(known.get(path, []))[:20]:
                one = requests.get(f"{URL}{path}/{name}", headers={"Authorization": f"Bearer {key_of(path)}"}, timeout=30)
                learn(path, (), one.json())

codes = requests.get(f"{URL}/openapi.json", timeout=30).json()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
known["/docs/errors"] = [(code,) for code in codes]


def existing(path, parameters, choose):
    """Values for as many leading parameters as something is known for."""
    for alias, real in SAME_AS.items():
        if path == alias or path.startswith(alias + "/"):
            path = real
    parts = path.strip("/").split("/")
    for end in range(len(parts), 0, -1):
        if not parts[end - 1].startswith("{"):
            continue
        want = shape("/".join(parts[: end - 1]))
        with lock:
            found = [v for place, values in known.items() if shape(place.replace("{}", "{x}")) == want for v in values]
        found = [values for values in found if len(values) <= len(parameters) and not spare(path, values)]
        if found:
            return choose.choice(found)
    return ()


def spare(path, values):
    """The key of this run is neither revoked nor rotated, and its organization (a live one: it could not be) not deleted."""
    return path.startswith(("/v1/api-keys", "/v1/organizations")) and (OWN_KEY in values or LIVE in values)


def with_names(value, choose, field=None):
    if isinstance(value, dict):
        return {name: with_names(inner, choose, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_names(inner, choose, field) for inner in value]
    if isinstance(value, str) and field in NAMES and choose.random() < 0.67:
        with lock:
            found = [values for values in known.get(NAMES[field], []) if len(values) == 1]
        if found:
            return choose.choice(found)[0]
    return value


def examples_of(path):
    """Of /v1/customers/{key}/discounts those of any customer."""
    want = shape(path)
    alike = [bodies for place, bodies in EXAMPLES.items() if matches(want, place.strip("/").split("/"))]
    return [body for bodies in alike for body in bodies]


def matches(want, parts):
    return len(want) == len(parts) and all(wanted in (None, part) for wanted, part in zip(want, parts))


def spoilt(good, generated, choose):
    """A good body with one or two fields as they were generated, so that what lies behind the first check is reached too."""
    body = json.loads(json.dumps(good))
    if "key" in body and choose.random() < 0.7:
        body["key"] = f"k{choose.randrange(10**6)}"
    for name in choose.sample(list(generated), min(len(generated), choose.choice((0, 1, 1, 2)))):
        body[name] = generated[name]
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    # By the request itself, so that a request that is tried again is changed alike.
    seed = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode("utf-8", "backslashreplace"))
    choose = random.Random(seed)
    # What is deleted is gone for all that follows, so few are.
    share = 0.1 if case.operation.method.upper() == "DELETE" else 0.67
    if case.path_parameters and choose.random() < share:
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        for name, value in zip(names, existing(path, names, choose)):
            case.path_parameters[name] = value
    if path.startswith("/v1/api-keys/") and case.path_parameters.get("id") == OWN_KEY:
        case.path_parameters["id"] = "0"
    good = examples_of(path) if case.operation.method.upper() == "POST" else None
    if good and isinstance(case.body, dict) and choose.random() < 0.5:
        case.body = spoilt(choose.choice(good), case.body, choose)
    if isinstance(case.body, (dict, list)):
        case.body = with_names(case.body, choose)
    if isinstance(case.query, dict):
        case.query = with_names(case.query, choose)
        # No generated cursor is a real one.
        if choose.random() < 0.5:
            case.query = {name: value for name, value in case.query.items() if name not in ("cursor", "after")}


@schemathesis.hook
def after_call(context, case, response):
    name = f"{case.operation.method.upper()} {case.operation.path}"
    mode = case.meta.generation.mode.value if case.meta else "unknown"
    with lock:
        own = counts.setdefault(name, {})
        for what in ("all", mode, str(response.status_code)):
            own[what] = own.get(what, 0) + 1
    if response.status_code < 300 and case.operation.method.upper() in ("POST", "GET", "PATCH"):
        try:
            answer = response.json()
        except Exception:
            return
        path = case.operation.path
        parts = path.strip("/").split("/")
        parameters = case.path_parameters or {}
        values = tuple(str(parameters.get(part[1:-1])) for part in parts if part.startswith("{"))
        if path.startswith("/v1/"):
            if parts[-1].startswith("{"):
                learn("/" + "/".join(parts[:-1]), values[:-1], answer)
            else:
                learn(path, values, answer)


def write_counts():
    with lock, open(COUNTS, "w") as file:
        json.dump(counts, file, indent=1, sort_keys=True)


atexit.register(write_counts)
