/** The look of the pages under /docs. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6575; --line: #dde3ea; --ground: #ffffff; --panel: #f5f7fa; --accent: #0b6e5f;
  --get: #0b6e5f; --post: #8a4b08; --patch: #5b3fa8; --put: #5b3fa8; --delete: #a8201a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #2c3542; --ground: #12171e; --panel: #1a212b; --accent: #4fc3ae;
  --get: #4fc3ae; --post: #e0a45c; --patch: #a893e8; --put: #a893e8; --delete: #ef7b74; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { background: var(--panel); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; margin: .6rem 0; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
.layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 82rem; margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.6rem 1.2rem; border-right: 1px solid var(--line); font-size: 14px; }
nav .brand { font-weight: 700; font-size: 17px; color: var(--ink); }
nav ul { list-style: none; margin: .9rem 0 0; padding: 0; } nav li { padding: .14rem 0; }
nav .count { color: var(--soft); font-size: 12px; }
main { padding: 1.6rem 2.4rem 6rem; min-width: 0; }
main.single { max-width: 46rem; margin: 0 auto; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .8rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
h3 { font-size: .82rem; text-transform: uppercase; letter-spacing: .05em; color: var(--soft); margin: 1.1rem 0 .3rem; }
p { margin: .5rem 0; } .soft { color: var(--soft); }
details.operation { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; background: var(--ground); }
details.operation > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .7rem; cursor: pointer; padding: .55rem .9rem; list-style: none; }
details.operation > summary::-webkit-details-marker { display: none; }
details.operation > summary:hover { background: var(--panel); border-radius: 8px; }
details.operation[open] > summary { border-bottom: 1px solid var(--line); }
.inside { padding: .3rem 1rem 1rem; scroll-margin-top: 4.5rem; }
.method { font: 700 11.5px/1 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .04em; min-width: 3.4rem; }
.GET { color: var(--get); } .POST { color: var(--post); } .PATCH { color: var(--patch); } .PUT { color: var(--put); } .DELETE { color: var(--delete); }
.path { font: 600 13.5px/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.summary { color: var(--soft); font-size: 14px; flex: 1 1 18rem; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; }
td:first-child code { overflow-wrap: normal; white-space: nowrap; }
td, th { padding: .32rem .8rem .32rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
ul.fields { list-style: none; margin: 0; padding: 0; font-size: 14px; } ul.fields ul.fields { margin: .2rem 0 .2rem .3rem; padding-left: .9rem; border-left: 2px solid var(--line); }
ul.fields > li { padding: .18rem 0; } .type { color: var(--soft); font-size: 13px; } .need { color: var(--post); font-size: 12px; }
ul.fields details > summary { cursor: pointer; }
.badge { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 .55rem; font-size: 12.5px; color: var(--soft); }
@media (max-width: 52rem) { .layout { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); } nav ul { display: grid; grid-template-columns: 1fr 1fr; max-height: 9.2rem; overflow-y: auto; } table { display: block; overflow-x: auto; } main { padding: 1.2rem; } }
`;
