// The bare Node.js server that the webhook benchmark compares with: it appends every request's body to a file and
// answers after one fdatasync per group of requests.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';

const [folder, port] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const file = fs.openSync(path.join(folder, 'baseline.log'), 'a');
let waiting = [];
let isSyncing = false;

function sync() {
  if (isSyncing || waiting.length === 0) return;
  isSyncing = true;
  const group = waiting;
  waiting = [];
  fs.write(file, group.map((g) => g.body + '\n').join(''), (error) => {
    if (error) throw error;
    fs.fdatasync(file, (failure) => {
      if (failure) throw failure;
      isSyncing = false;
      for (const { answer, body } of group) {
        answer.setHeader('Content-Type', 'application/json');
        answer.end(body);
      }
      sync();
    });
  });
}

http.createServer((request, answer) => {
  if (request.method === 'GET') { answer.end('{}'); return; }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    waiting.push({ body: JSON.stringify(JSON.parse(Buffer.concat(chunks).toString())), answer });
    sync();
  });
}).listen(Number(port), '127.0.0.1');
