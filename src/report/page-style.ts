/** The style of the report's page. Does not know the data. */
export const STYLE = `
:root{color-scheme:light dark;--line:#8884;--q:#b8b8b8;--r:#e0913c;--d:#38a3a5;--c:#e8c547;--t:#a06cd5;--w:#5b9bd5;--v:#57a773;--bad:#c0392b}
*{box-sizing:border-box}
body{font:14px/1.4 system-ui,sans-serif;margin:0 auto;max-width:1400px;padding:1rem}
h1{font-size:1.3rem;margin:0}h2{font-size:1rem;margin:1rem 0 .3rem}header p{margin:.2rem 0}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
figure{margin:0}figure svg{width:100%;height:90px;border-bottom:1px solid var(--line)}figure p{margin:0;font-size:.8rem;opacity:.7}
path.area{fill:#5b9bd588;stroke:#5b9bd5;vector-effect:non-scaling-stroke}
.tables{display:grid;grid-template-columns:2fr 1fr 2fr;gap:1rem}
.scroll{max-height:12rem;overflow:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{text-align:right;padding:.1rem .5rem;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere;min-width:11rem}#statuses :first-child{min-width:0}
.tools{display:flex;gap:1rem;flex-wrap:wrap;align-items:center;margin:.3rem 0}#search{min-width:18rem;padding:.2rem}
#legend span{margin-right:.6rem;font-size:.8rem}#legend i{display:inline-block;width:.7rem;height:.7rem;margin-right:.2rem}
#list{height:60vh;overflow:auto;border:1px solid var(--line);position:relative}
#space{position:relative}#rows{position:absolute;left:0;right:0}
.row{height:22px;display:grid;grid-template-columns:4.5rem 3.5rem minmax(8rem,1fr) 5rem minmax(10rem,1.4fr);gap:.5rem;align-items:center;padding:0 .4rem;cursor:default;white-space:nowrap;font-size:.82rem}
.row:nth-child(odd){background:#8881}.row:hover,.row.chosen{background:#8883}.row>*{overflow:hidden;text-overflow:ellipsis}
.row .ms{text-align:right}.row.bad .status{color:var(--bad);font-weight:bold}
.row svg{width:100%;height:12px}
.p0{fill:var(--q);background:var(--q)}.p1{fill:var(--r);background:var(--r)}.p2{fill:var(--d);background:var(--d)}.p3{fill:var(--c);background:var(--c)}.p4{fill:var(--t);background:var(--t)}.p5{fill:var(--w);background:var(--w)}.p6{fill:var(--v);background:var(--v)}
#details{white-space:pre-wrap;overflow-wrap:anywhere;position:sticky;bottom:0;margin:0;padding:.4rem;background:Canvas;border-top:1px solid var(--line)}#details:empty{display:none}
@media(max-width:800px){.charts,.tables{grid-template-columns:1fr}}
`
