import { expect, test } from 'vitest'
import type { CliRun } from '../harness/project.ts'
import { faultsOf } from './crew.ts'

const document = (json: object) => JSON.stringify(json)
const run = (exit: number, stdout: string, stderr = ''): CliRun => {
  const json = stdout.startsWith('{') && stdout.endsWith('}') ? JSON.parse(stdout) : undefined
  return { exit, stdout, stderr, json }
}

test.each([
  ['ends with 0 and its document', run(0, document({ ok: true })), []],
  ['ends with 3 and its document', run(3, document({ ok: false })), []],
  ['ends with 0 and nothing', run(0, ''), [/no JSON document with exit 0/]],
  ['ends with 0 and the document of a failure', run(0, document({ ok: false })), [/exit 0 with ok false/]],
  ['ends with 3 and the document of a success', run(3, document({ ok: true })), [/exit 3 with ok true/]],
  ['ends with an unexplained status', run(70, document({ ok: false })), [/exit 70/]],
  ['is ended by a signal', run(128, ''), [/exit 128/, /no JSON document/]],
  [
    'has a stack trace in its document',
    run(3, document({ ok: false, error: { message: 'x\n    at f (/x.js:1:2)' } })),
    [/a stack is printed/],
  ],
  ['prints a stack trace', run(3, document({ ok: false }), '    at f (/x.js:1:2)'), [/a stack is printed/]],
])('a command that %s is judged correctly', (_, ended, wanted) => {
  const faults = faultsOf(ended, [0, 3], 'here')
  expect(faults).toHaveLength(wanted.length)
  for (const [at, pattern] of wanted.entries()) expect(faults[at]).toMatch(pattern)
})
