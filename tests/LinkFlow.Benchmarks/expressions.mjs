// The JavaScript side of the expressions benchmark: reads {"name","expression","items"} a line, then, for each line
// with a case's name, runs it over all items until a time is up and answers evaluations and processor nanoseconds.
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

const cases = new Map();
let sink;

function measure({ evaluate, items }, milliseconds) {
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let evaluations = 0;
  do {
    for (let i = 0; i < items.length; i++) sink = evaluate(items[i]);
    evaluations += items.length;
  } while (performance.now() < end);
  const used = process.cpuUsage(before);
  return { evaluations, nanoseconds: (used.user + used.system) * 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.expression) {
    const texts = readFileSync(message.items, 'utf8').split('\n').filter(text => text);
    cases.set(message.name, { evaluate: new Function('$json', `return (${message.expression});`), items: texts.map(text => JSON.parse(text)) });
    console.log('{}');
  } else {
    console.log(JSON.stringify(measure(cases.get(message.name), message.milliseconds)));
  }
}
