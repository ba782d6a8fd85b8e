// Asks a JMESPath library what each query of queries.txt finds in data.json, and writes table.json:
//   npm install @metrichor/jmespath@0.3.1     (in a folder of its own, outside of the repository)
//   node generate.mjs <that folder>/node_modules/@metrichor/jmespath
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const { search } = createRequire(import.meta.url)(resolve(process.argv[2]));
const data = JSON.parse(readFileSync(new URL('data.json', import.meta.url), 'utf8'));
const rows = readFileSync(new URL('queries.txt', import.meta.url), 'utf8').split('\n')
  .filter(line => line.trim() && !line.startsWith('## '))
  .map(query => {
    try {
      return { query, result: search(data, query) ?? null };
    } catch (error) {
      return { query, throws: true };
    }
  });
writeFileSync(new URL('table.json', import.meta.url), `[\n${rows.map(r => JSON.stringify(r)).join(',\n')}\n]\n`);
console.log(`${rows.length} rows, ${rows.filter(r => r.throws).length} of them throw`);
