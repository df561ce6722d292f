import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_BYTES } from '../../../src/worker/runs/read-plain-file.ts'
import fc from '../../harness/fast-check.ts'
import { planOf, step } from '../run/support/run-plan.ts'
import { WatchedBench } from './support/watched-bench.ts'

let bench: WatchedBench
beforeAll(() => {
  bench = new WatchedBench()
})
afterAll(() => bench?.remove())

const DAMAGE: [name: string, damage: (runId: string) => void, problem: RegExp][] = [
  [
    'run.json that is not JSON',
    (id) => writeFileSync(bench.pathOf(id, 'run.json'), 'no\0'),
    /^run\.json is not/,
  ],
  ['run.json of half its length', (id) => cut(id, 'run.json'), /^run\.json is not the file of this run/],
  ['run.json without content', (id) => writeFileSync(bench.pathOf(id, 'run.json'), ''), /^run\.json is not/],
  ['run.json of another run', (id) => edit(id, id, 'ffffffffffff'), /^run\.json is not the file of this run/],
  [
    'run.json with an edited step',
    (id) => edit(id, 'Do one.', 'Do two.'),
    /was changed after it was written/,
  ],
  [
    'run.json with steps that are not any',
    (id) => edit(id, '"dependsOn":[]', '"dependsOn":7'),
    /^the plan in run\.json cannot be used: "steps\.0\.dependsOn"/,
  ],
  [
    'run.json as a folder',
    (id) => replace(id, 'run.json', (path) => mkdirSync(path)),
    /^run\.json is not a file/,
  ],
  [
    'run.json as a link',
    (id) => replace(id, 'run.json', (path) => symlinkSync('/etc/passwd', path)),
    /^run\.json is a link/,
  ],
  [
    'run.json as a pipe',
    (id) => replace(id, 'run.json', (path) => execFileSync('mkfifo', [path])),
    /^run\.json is not a file/,
  ],
  [
    'run.json beyond every size',
    (id) => writeFileSync(bench.pathOf(id, 'run.json'), Buffer.alloc(MOST_BYTES + 1, 32)),
    /^run\.json is too large/,
  ],
  [
    'a journal with a line that is not JSON',
    (id) => appendFileSync(bench.pathOf(id, 'journal.jsonl'), 'no\n'),
    /^line \d of the run’s journal cannot be read/,
  ],
  ['a journal with a line of another kind', (id) => append(id, { type: 'exploded' }), /^line \d of/],
  [
    'a journal with a step that the plan does not have',
    (id) => append(id, { type: 'skipped', step: 'constructor' }),
    /^line \d of/,
  ],
  [
    'a journal that undoes what cannot be undone',
    (id) => append(id, { type: 'began', attempt: 1, task: { step: 'one', undo: true } }),
    /^line \d of/,
  ],
  [
    'a journal as a link',
    (id) => replace(id, 'journal.jsonl', (path) => symlinkSync('/etc/passwd', path)),
    /^journal\.jsonl is a link/,
  ],
  [
    'a journal as a pipe',
    (id) => replace(id, 'journal.jsonl', (path) => execFileSync('mkfifo', [path])),
    /^journal\.jsonl is not a file/,
  ],
  [
    'a journal as a folder',
    (id) => replace(id, 'journal.jsonl', (path) => mkdirSync(path)),
    /^journal\.jsonl is not a file/,
  ],
  [
    'a journal beyond every size',
    (id) => appendFileSync(bench.pathOf(id, 'journal.jsonl'), Buffer.alloc(MOST_BYTES, 32)),
    /^journal\.jsonl is too large/,
  ],
  ['a folder that is a link', (id) => link(id), /^run\.json is in a folder that is a link/],
]
test.each(DAMAGE)('%s', async (_name, damage, problem) => {
  const runId = await bench.run(planOf([step('one', { approval: 'manual' })]))
  damage(runId)
  expect(await bench.show(runId)).toMatchObject({
    state: 'unreadable',
    problem: expect.stringMatching(problem),
  })
})

test('what a journal tells before a line that cannot be read is shown', async () => {
  const runId = await bench.run()
  appendFileSync(bench.pathOf(runId, 'journal.jsonl'), 'no\n')
  expect(await bench.show(runId)).toMatchObject({
    state: 'unreadable',
    steps: [{ id: 'one', state: 'done' }],
  })
})

test('a file that is not a lock file does not hold a run', async () => {
  const runId = await bench.run(planOf([step('one', { approval: 'manual' })]))
  for (const make of [
    (path: string) => execFileSync('mkfifo', [path]),
    (path: string) => mkdirSync(path),
    (path: string) => symlinkSync(bench.pathOf(runId, 'run.json'), path),
    (path: string) => writeFileSync(path, 'x'.repeat(100_000)),
  ]) {
    replace(runId, 'lock', make)
    expect(await bench.show(runId)).toMatchObject({ state: 'paused' })
  }
})

test('any lines after the first give a state, and never an error', async () => {
  const runId = await bench.run(planOf([step('one'), step('two', { dependsOn: ['one'] })]))
  const lines = readFileSync(bench.pathOf(runId, 'journal.jsonl'), 'utf8').split('\n').slice(0, -1)
  const task = fc.record({ step: fc.constantFrom('one', 'two', 'three', '__proto__'), undo: fc.boolean() })
  const odd = fc.record(
    {
      type: fc.constantFrom(
        'began',
        'done',
        'failed',
        'cut',
        'rested',
        'skipped',
        'approved',
        'finished',
        'opened',
        'x',
      ),
      at: fc.oneof(fc.string(), fc.constant('2026-01-01T00:00:00Z')),
      ...{
        task,
        step: fc.constantFrom('one', 'two', ''),
        attempt: fc.integer(),
        ms: fc.double(),
        error: fc.string(),
      },
      ...{
        outputs: fc.dictionary(fc.string(), fc.jsonValue()),
        state: fc.constantFrom('done', 'failed', 'lost'),
      },
    },
    { requiredKeys: ['type'] },
  )
  const any = fc.oneof(
    fc.constantFrom(...lines),
    odd.map((line) => JSON.stringify(line)),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(any, { maxLength: 12 }), fc.boolean(), async (rest, whole) => {
      writeFileSync(
        bench.pathOf(runId, 'journal.jsonl'),
        [lines[0], ...rest].join('\n') + (whole ? '\n' : ''),
      )
      const run = await bench.show(runId)
      expect(run.problem === null).toBe(run.state !== 'unreadable')
    }),
    { numRuns: 60 },
  )
})

function cut(runId: string, name: string): void {
  const text = readFileSync(bench.pathOf(runId, name))
  writeFileSync(bench.pathOf(runId, name), text.subarray(0, text.length / 2))
}
function edit(runId: string, from: string, to: string): void {
  const text = readFileSync(bench.pathOf(runId, 'run.json'), 'utf8')
  expect(text).toContain(from)
  writeFileSync(bench.pathOf(runId, 'run.json'), text.replace(from, to))
}
function append(runId: string, line: object): void {
  appendFileSync(bench.pathOf(runId, 'journal.jsonl'), `${JSON.stringify({ at: '', ...line })}\n`)
}
function replace(runId: string, name: string, make: (path: string) => void): void {
  rmSync(bench.pathOf(runId, name), { force: true, recursive: true })
  make(bench.pathOf(runId, name))
}
function link(runId: string): void {
  rmSync(bench.pathOf(runId), { recursive: true })
  symlinkSync('/etc', bench.pathOf(runId))
}
