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
    runId = report.id
  })
  afterEach(() => bench.remove())

  it('the files of a run are readable by their owner alone, and ignored by git', () => {
    for (const name of ['run.json', 'journal.jsonl']) expect(statSync(path(name)).mode & 0o777).toBe(0o600)
    expect(statSync(path('.')).mode & 0o777).toBe(0o700)
    expect(bench.read('data/.gitignore')).toBe('*\n')
  })

  it('a run is not reopened when its inputs were changed', async () => {
    const text = readFileSync(path('run.json'), 'utf8')
    for (const changed of [text.replace('Do one.', 'Do two.'), text.slice(0, 100), ''])
      await tamper('run.json', changed)
    writeFileSync(path('run.json'), text)
    expect(await bench.resume(runId)).toMatchObject({ state: 'paused' })
  })

  it('a run is not reopened when a line of its journal is unreadable, and the failure names the line', async () => {
    const lines = readFileSync(path('journal.jsonl'), 'utf8')
    const failure = await tamper('journal.jsonl', `${lines}{"type":"done"}\n${lines}`)
    expect(failure.at).toMatch(/journal\.jsonl:2$/)
  })

  it('a run is not reopened when its journal names a step that the plan does not have', async () => {
    const lines = readFileSync(path('journal.jsonl'), 'utf8')
    for (const step of ['two', '__proto__']) {
      const line = { type: 'failed', at: '', ms: 1, error: '', task: { step, undo: false } }
      const failure = await tamper('journal.jsonl', `${lines}${JSON.stringify(line)}\n`)
      expect(failure.at).toMatch(/journal\.jsonl:2$/)
    }
  })

  it('a run is reopened without the unfinished last line of its journal', async () => {
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

describe('the inputs of a run', () => {
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
  const sourceOf = (changes?: object, disabled?: string) => ({
    head: async (_kind: string, id: string) =>
      id === disabled
        ? { state: 'disabled', disabled: { reason: 'sends\nmails', by: 'ada' } }
        : { state: 'active' },
    instance: async () => ({
      planId,
      source: lock('templates', 'work'),
      locks: [lock('agents', 'worker')],
      document: planOf([step('one')]),
    }),
    revision: async (kind: string, id: string) =>
      changes === null ? undefined : revision(kind, id, changes),
  })

  it('the inputs are the plan with every revision that it is locked to', async () => {
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
  ])('the inputs are refused when a revision differs from its lock: %j', async (changes) => {
    await expect(readInputs(sourceOf(changes), planId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it.each(['agents/worker', 'templates/work'])(
    'the inputs are refused while %s is disabled',
    async (name) => {
      const refused = readInputs(sourceOf({}, name.split('/')[1]), planId)
      await expect(refused).rejects.toMatchObject({
        code: 'DISABLED',
        message: `${name} is disabled by ada: sends mails`,
        hint: `see why: nofx registry history ${name}`,
      })
    },
  )

  it('the inputs are not found for an unknown plan id', async () => {
    for (const id of ['', 'x', `${planId}0`, "' or 1=1"])
      await expect(readInputs(sourceOf(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
