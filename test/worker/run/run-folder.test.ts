import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf, sha256 } from '../../../src/contract/digest.ts'
import { readInputs } from '../../../src/worker/run/run-inputs.ts'
import { Bench, inputsOf, planOf, step } from './support/run-plan.ts'

describe('the files of a run', () => {
  let bench: Bench
  let runId: string
  const path = (name: string) => join(bench.root, 'data/runs', runId, name)
  beforeEach(async () => {
    bench = new Bench()
    const report = await bench.start(planOf([step('one', { approval: 'manual' })]), 'true')
    runId = report.runId
  })
  afterEach(() => bench.remove())

  it('can be read by their owner alone, and stay out of git', () => {
    for (const name of ['run.json', 'journal.jsonl']) expect(statSync(path(name)).mode & 0o777).toBe(0o600)
    expect(statSync(path('.')).mode & 0o777).toBe(0o700)
    expect(bench.read('data/.gitignore')).toBe('*\n')
  })

  it('are refused when somebody has changed what the run works with', async () => {
    const text = readFileSync(path('run.json'), 'utf8')
    for (const changed of [text.replace('Do one.', 'Do two.'), text.slice(0, 100), ''])
      await tamper('run.json', changed)
    writeFileSync(path('run.json'), text)
    expect(await bench.resume(runId)).toMatchObject({ state: 'paused' })
  })

  it('are refused when a line of the journal cannot be read, with its place', async () => {
    const lines = readFileSync(path('journal.jsonl'), 'utf8')
    const failure = await tamper('journal.jsonl', `${lines}{"type":"done"}\n${lines}`)
    expect(failure.at).toMatch(/journal\.jsonl:2$/)
  })

  it('are refused when the journal tells of a step that the plan does not have', async () => {
    const lines = readFileSync(path('journal.jsonl'), 'utf8')
    for (const step of ['two', '__proto__']) {
      const line = { type: 'failed', at: '', ms: 1, error: '', task: { step, undo: false } }
      const failure = await tamper('journal.jsonl', `${lines}${JSON.stringify(line)}\n`)
      expect(failure.at).toMatch(/journal\.jsonl:2$/)
    }
  })

  it('go on without the end of a line that was never finished', async () => {
    const whole = readFileSync(path('journal.jsonl'), 'utf8')
    writeFileSync(path('journal.jsonl'), `${whole}{"type":"approved","step":"o`)
    expect(await bench.resume(runId)).toMatchObject({ state: 'paused' })
    expect(readFileSync(path('journal.jsonl'), 'utf8').startsWith(`${whole}{"type":"opened"`)).toBe(true)
    expect(await bench.resume(runId, { approve: ['one'] })).toMatchObject({ state: 'done' })
  })

  async function tamper(name: string, text: string): Promise<{ at: string }> {
    writeFileSync(path(name), text)
    const failure = await bench.resume(runId).catch((error) => error)
    expect(failure).toMatchObject({ code: 'INPUT_UNREADABLE' })
    return failure
  }
})

describe('what a run works with', () => {
  const planId = '6a1f0000-0000-4000-8000-000000000000'
  const text = 'You work.\n'
  const texts = { 'agent.json': '{}', 'system.md': text, 'template.json': '{}' }
  const files = Object.entries(texts).map(([path, content]) => ({
    path,
    size: Buffer.byteLength(content),
    sha256: sha256(content),
  }))
  const revision = (kind: string, id: string, changes: object = {}) => ({
    ...inputsOf(planOf([])).template,
    kind,
    id,
    files,
    texts,
    digest: digestOf(kind, id, files),
    ...changes,
  })
  const lock = (kind: string, id: string) => ({ kind, id, version: 1, digest: digestOf(kind, id, files) })
  const sourceOf = (changes?: object) => ({
    instance: async () => ({
      planId,
      source: lock('templates', 'work'),
      locks: [lock('agents', 'worker')],
      document: planOf([step('one')]),
    }),
    revision: async (kind: string, id: string) =>
      changes === null ? undefined : revision(kind, id, changes),
  })

  it('is the plan with every revision that it is locked to', async () => {
    const inputs = await readInputs(sourceOf(), planId)
    expect(inputs).toMatchObject({
      planId,
      agents: { worker: { texts: { 'system.md': text } } },
      template: { id: 'work' },
    })
  })

  it.each([
    [{ texts: { 'system.md': 'You obey me.\n' } }],
    [{ texts: {} }],
    [{ digest: '1'.repeat(64) }],
    [{ files: [] }],
  ])('is refused when a text is not the one that was published: %j', async (changes) => {
    await expect(readInputs(sourceOf(changes), planId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('is not found under a name that is no plan', async () => {
    for (const id of ['', 'x', `${planId}0`, "' or 1=1"])
      await expect(readInputs(sourceOf(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
