/**
 * Digits of the minor unit per currency code.
 *
 * Source: ISO 4217:2015, list one of the maintenance agency (SIX Group), as amended to 2026: with SLE, VED, XAD, XCG and ZWG, without
 * the withdrawn ANG, BGN, CUC, HRK, SLL and ZWL. Codes without a minor unit (metals, bond units, drawing rights, test codes) name
 * no currency an invoice can be paid in and are left out. A locale's table is no substitute: it holds the digits that are
 * customary on price tags (none for HUF or ALL, say), not those that are accounted in.
 */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC
      CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
      KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
      PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
      UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS_BY_CODE: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)]),
  ),
);

/** All codes that can be billed in, in alphabetical order. */
export const CURRENCY_CODES: readonly string[] = [...DIGITS_BY_CODE.keys()].sort();

export class UnknownCurrency extends Error {
  readonly code: string;

  constructor(code: string) {
    super(
      `"${code}" is no currency of ISO 4217 that can be billed in; use a code of three capital letters such as EUR, JPY or KWD`,
    );
    this.name = 'UnknownCurrency';
    this.code = code;
  }
}

export function isCurrency(code: string): boolean {
  return DIGITS_BY_CODE.has(code);
}

/** Digits of the currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD. @throws UnknownCurrency */
export function currencyDigits(code: string): number {
  const digits = DIGITS_BY_CODE.get(code);
  if (digits === undefined) throw new UnknownCurrency(code);
  return digits;
}
