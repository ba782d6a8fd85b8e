// Prints a line per syntax error of the Bicep files named: file, line, column, what is there.
import { createRequire } from 'node:module';
import fs from 'node:fs';

const require = createRequire(`${process.cwd()}/`);
const Parser = require('tree-sitter');
const parser = new Parser();
parser.setLanguage(require('tree-sitter-bicep'));

for (const file of process.argv.slice(2)) {
  // The grammar knows templates only; a parameter file differs from one in two words.
  const text = fs.readFileSync(file, 'utf8');
  const bicep = file.endsWith('.bicepparam') ? text.replace(/^using .*$/m, '').replace(/^param /gm, 'var ') : text;
  report(file, parser.parse(bicep).rootNode);
}

function report(file, node) {
  if (node.type === 'ERROR' || node.isMissing) {
    console.log(`${file}:${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${node.text.slice(0, 80)}`);
  } else if (node.hasError) {
    node.children.forEach(child => report(file, child));
  }
}
