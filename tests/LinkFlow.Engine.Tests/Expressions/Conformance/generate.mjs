// Asks Node.js what each expression of expressions.txt comes to, and writes table.json:
//   TZ=UTC node generate.mjs
// A result is written by show(), which ConformanceTests has too. Made with Node.js 20.
import { readFileSync, writeFileSync } from 'node:fs';

const $json = {
  name: 'Ann Lee', age: 42, price: 19.99, active: true, none: null, empty: '', tags: ['b', 'a', 'c'],
  numbers: [3, 1, 2, 10], nested: { a: { b: [1, 2, { c: 'deep' }] } }, text: 'The quick brown fox', emoji: 'a😀b',
  people: [{ n: 'Zoe', a: 30 }, { n: 'Bob', a: 25 }, { n: 'Al', a: 30 }], '10': 'ten', '2': 'two', iso: '2024-01-31T10:20:30.400Z',
};

function show(value) {
  if (value === null) return 'null';
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) return `[${Array.from(value, show).join(',')}]`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (value instanceof RegExp) return `regexp ${value}`;
  if (value instanceof Set) return `set [${Array.from(value, show).join(',')}]`;
  if (value instanceof Map) return `map [${Array.from(value, show).join(',')}]`;
  if (value instanceof Error) return `error ${value.name}: ${value.message}`;
  if (typeof value === 'object') return `{${Object.keys(value).map(k => `${JSON.stringify(k)}:${show(value[k])}`).join(',')}}`;
  return String(value);
}

const rows = readFileSync(new URL('expressions.txt', import.meta.url), 'utf8').split('\n')
  .filter(line => line.trim() && !line.startsWith('## '))
  .map(expression => {
    try {
      return { expression, result: show(new Function('$json', `"use strict"; return (${expression.replaceAll('⏎', '\n')}\n);`)(structuredClone($json))) };
    } catch (error) {
      return { expression, result: 'throws' };
    }
  });
writeFileSync(new URL('table.json', import.meta.url), `{"json":${JSON.stringify($json)},"rows":[\n${rows.map(r => JSON.stringify(r)).join(',\n')}\n]}\n`);
console.log(`${rows.length} rows, ${rows.filter(r => r.result === 'throws').length} of them throw`);
