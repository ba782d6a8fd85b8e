// Asks Luxon what each expression of expressions.txt comes to, and writes table.json:
//   npm install luxon@3.7.2        (in a folder of its own, outside of the repository)
//   TZ=UTC node generate.mjs <that folder>/node_modules/luxon/src/luxon.js
// A result is written by show(), which TimeConformanceTests has too. An invalid date is an error in both. Made with Node.js 20.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const { DateTime, Duration, Interval, Settings } = await import(resolve(process.argv[2]));
Settings.throwOnInvalid = true;
Settings.defaultLocale = 'en-US';
Settings.now = () => 1709647629042;

// What 'd' stands for in the expressions.
const sample = '2024-03-05T14:07:09.042Z';

function show(value) {
  if (value === null) return 'null';
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, show).join(',')}]`;
  if (DateTime.isDateTime(value)) return `${value.toISO()} ${value.zoneName} ${value.locale}`;
  if (Duration.isDuration(value)) return `duration ${show(value.toObject())}`;
  if (Interval.isInterval(value)) return `interval ${value.toISO()}`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (typeof value === 'object') return `{${Object.keys(value).map(k => `${JSON.stringify(k)}:${show(value[k])}`).join(',')}}`;
  return String(value);
}

// A line '## zone <name>' makes that the zone of the expressions behind it.
let zone = 'UTC';
const rows = [];
for (const line of readFileSync(new URL('expressions.txt', import.meta.url), 'utf8').split('\n')) {
  if (line.startsWith('## zone ')) zone = line.slice(8).trim();
  if (!line.trim() || line.startsWith('##')) continue;
  Settings.defaultZone = zone;
  let result;
  try {
    const $now = DateTime.now();
    result = show(new Function('DateTime', 'Duration', 'Interval', '$now', '$today', 'd', `"use strict"; return (${line});`)(DateTime, Duration, Interval, $now, $now.startOf('day'), DateTime.fromISO(sample, { zone: 'utc' })));
  } catch (error) {
    result = 'throws';
  }
  rows.push({ zone, expression: line, result });
}
writeFileSync(new URL('table.json', import.meta.url), `[\n${rows.map(r => JSON.stringify(r)).join(',\n')}\n]\n`);
console.log(`${rows.length} rows, ${rows.filter(r => r.result === 'throws').length} of them throw`);
