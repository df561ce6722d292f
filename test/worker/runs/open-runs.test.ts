import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { acquireLock } from '../../../src/core/disk/lock.ts'
import type { RunQuery } from '../../../src/worker/runs/open-runs.ts'
import { Bench, planOf, step } from '../run/support/run-plan.ts'
import { readerOf, WatchedBench, WRITES } from './support/watched-bench.ts'

let bench: WatchedBench
beforeAll(() => {
  bench = new WatchedBench()
})
afterAll(() => bench?.remove())

describe('a run is shown as its journal tells it', () => {
  test('a run that is done has its steps with agent, attempts, times and outputs', async () => {
    const plan = planOf([step('one'), step('two', { dependsOn: ['one'], when: false })])
    const run = await bench.show(await bench.run(plan))
    expect(run).toMatchObject({
      ...{ state: 'done', problem: null, env: null, unapproved: [], counts: { done: 1, skipped: 1 } },
      template: { kind: 'templates', id: 'work', version: 1 },
      planId: '00000000-0000-4000-8000-000000000000',
    })
    const [one, two] = run.steps
    expect(one).toMatchObject({
      ...{ id: 'one', state: 'done', tries: 1, error: null, approval: 'none', sideEffects: 'none' },
      agent: { id: 'worker', version: 1, digest: '0'.repeat(64) },
      outputs: [{ name: 'text', text: 'one', length: 3 }],
    })
    const [attempt] = one!.attempts
    expect(attempt).toMatchObject({ attempt: 1, result: 'done' })
    expect(Date.parse(attempt!.endedAt!)).toBeGreaterThanOrEqual(Date.parse(attempt!.startedAt!))
    expect(Date.parse(run.updatedAt!)).toBeGreaterThanOrEqual(Date.parse(attempt!.endedAt!))
    expect(two).toMatchObject({ state: 'skipped', attempts: [], dependsOn: ['one'] })
  })

  test('a run that failed has every attempt with its error, and what was undone', async () => {
    const plan = planOf(
      [
        step('one', { sideEffects: 'reversible' }),
        step('bad', {
          dependsOn: ['one'],
          onFailure: 'rollback',
          retry: { maxAttempts: 2, backoffMs: 0 },
        }),
      ],
      { rollback: [{ step: 'one', agentId: 'worker', prompt: 'Undo.', inputs: {} }] },
    )
    const run = await bench.show(await bench.run(plan))
    expect(run).toMatchObject({ state: 'rolled-back', counts: { done: 1, failed: 1 } })
    expect(run.steps[1]!.attempts.map(({ result, error }) => [result, error])).toEqual([
      ['failed', 'exit status 3: no such branch'],
      ['failed', 'exit status 3: no such branch'],
    ])
    expect(run.rollback).toMatchObject([{ id: 'one', state: 'done', tries: 1 }])
  })

  test('a run that waits for a person names the steps, and one that goes on does not name them any more', async () => {
    const runId = await bench.run(
      planOf([step('one'), step('post', { approval: 'manual', dependsOn: ['one'] })]),
    )
    expect(await bench.show(runId)).toMatchObject({
      ...{ state: 'paused', unapproved: ['post'], counts: { done: 1, unapproved: 1 } },
    })
    await bench.resume(runId, { approve: ['post'] })
    expect(await bench.show(runId)).toMatchObject({ state: 'done', unapproved: [] })
  })

  test('a condition on a secret, whose value is not here, does not hide that a step waits for a person', async () => {
    const when = { left: { secret: 'token' }, op: 'truthy' as const }
    const plan = planOf([step('post', { approval: 'manual', when })], { secrets: ['token'] })
    const run = await bench.show(await bench.run(plan, { secrets: { token: 'there' } }))
    expect(run).toMatchObject({ state: 'paused', unapproved: ['post'], secrets: ['token'] })
  })

  test('a killed run is interrupted, and a step that cannot be undone waits for a person', async () => {
    const runId = await bench.run(planOf([step('one'), step('two', { dependsOn: ['one'] })]))
    const lines = readFileSync(bench.pathOf(runId, 'journal.jsonl'), 'utf8').split('\n')
    const began = lines.findIndex((line) => line.includes('"began"') && line.includes('"two"'))
    writeFileSync(
      bench.pathOf(runId, 'journal.jsonl'),
      `${lines.slice(0, began + 1).join('\n')}\n{"type":"do`,
    )
    expect(await bench.show(runId)).toMatchObject({
      ...{ state: 'interrupted', problem: null, counts: { done: 1, interrupted: 1 } },
      steps: [
        { state: 'done' },
        { state: 'interrupted', attempts: [{ result: 'interrupted', endedAt: null }] },
      ],
    })
    const risky = await bench.run(planOf([step('one', { sideEffects: 'irreversible' })]))
    const [opened, first] = readFileSync(bench.pathOf(risky, 'journal.jsonl'), 'utf8').split('\n')
    writeFileSync(bench.pathOf(risky, 'journal.jsonl'), `${opened}\n${first}\n`)
    expect(await bench.show(risky)).toMatchObject({ state: 'paused', unapproved: ['one'] })
  })

  test('while a process holds the lock of a run, it is running, whatever its last line says', async () => {
    const runId = await bench.run(planOf([step('one', { approval: 'manual' })]))
    const lock = await acquireLock(bench.pathOf(runId, 'lock'), { waitMs: 0 })
    onTestFinished(() => lock.release())
    expect(await bench.show(runId)).toMatchObject({ state: 'running', unapproved: ['one'] })
    const text = readFileSync(bench.pathOf(runId, 'run.json'), 'utf8')
    const journal = readFileSync(bench.pathOf(runId, 'journal.jsonl'))
    rmSync(bench.pathOf(runId, 'journal.jsonl'))
    writeFileSync(bench.pathOf(runId, 'run.json'), text.slice(0, 200))
    expect(await bench.show(runId)).toMatchObject({ state: 'starting', problem: null, planId: null })
    writeFileSync(bench.pathOf(runId, 'run.json'), text)
    expect(await bench.show(runId)).toMatchObject({ state: 'starting', counts: { unapproved: 1 } })
    writeFileSync(bench.pathOf(runId, 'journal.jsonl'), journal)
    lock.release()
    expect(await bench.show(runId)).toMatchObject({ state: 'paused' })
  })

  test('no secret, no command of a runner and no folder of the machine is shown', async () => {
    const plan = planOf([step('one'), step('bad', { onFailure: 'continue' })], { secrets: ['token'] })
    const leaky = `echo "{\\"text\\":\\"$AGENT_TOKEN and \`cat $3 | tr -d '\\"\\n'\`\\"}" > $2; [ $1 = bad ] && { echo it was $AGENT_TOKEN >&2; exit 3; }; true`
    const secret = 'hunter2-parameter'
    const prompt = { $parts: ['Use ', { secret: 'token' }] }
    plan.steps[0]!.prompt = prompt
    const report = await bench.start(plan, `${bench.runner(leaky)} --token inline-token`, {
      secrets: { token: secret },
      env: { PATH: process.env.PATH, AGENT_TOKEN: 'hunter2-of-agent' },
      manifest: { permissions: { secrets: ['AGENT_TOKEN'] } },
    })
    const run = await bench.show(report.id)
    expect(run.steps[0]!.outputs[0]!.text).toContain('[secret]')
    expect(run.steps[1]!.error).toContain('[secret]')
    const whole = JSON.stringify([run, await bench.list()])
    for (const hidden of ['hunter2', 'inline-token', 'runner.sh', bench.root, 'nofx-run-'])
      expect([hidden, whole.includes(hidden)]).toEqual([hidden, false])
    expect(readFileSync(bench.pathOf(report.id, 'run.json'), 'utf8')).toContain('inline-token')
  })

  test('outputs and errors have a bound, and say how long they are', async () => {
    const runId = await bench.run(planOf([step('one')]))
    const long = { a: 'x'.repeat(900_000), deep: 'DEEP' }
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`n${at}`, 'y'.repeat(9_000)]))
    const task = { step: 'one', undo: false }
    const line = (rest: object) => `${JSON.stringify({ at: new Date().toISOString(), task, ...rest })}\n`
    const [opened] = readFileSync(bench.pathOf(runId, 'journal.jsonl'), 'utf8').split('\n')
    const story = Array.from({ length: 50 }, (_, at) => [
      line({ type: 'began', attempt: at + 1 }),
      line({ type: 'failed', ms: 1, error: 'e'.repeat(5_000) }),
    ]).flat()
    writeFileSync(
      bench.pathOf(runId, 'journal.jsonl'),
      `${opened}\n${story.join('')}${line({ type: 'done', ms: 1, outputs: { ...long, ...wide } })}`.replace(
        '"DEEP"',
        '['.repeat(9_000) + ']'.repeat(9_000),
      ),
    )
    const run = await bench.show(runId)
    const [one] = run.steps
    expect(one!.outputs).toHaveLength(100)
    expect(one!.outputs[0]).toEqual({ name: 'a', text: 'x'.repeat(4_000), length: 900_000 })
    expect(one!.outputs[1]).toMatchObject({ name: 'deep', text: '…' })
    expect([one!.tries, one!.attempts.length, one!.attempts.at(-1)!.error!.length]).toEqual([50, 20, 1_000])
    expect(JSON.stringify(run).length).toBeLessThan(300_000)
  })
})

describe('a list of runs', () => {
  test('is newest first, page by page, without what is not a run', async () => {
    const other = new Bench()
    onTestFinished(() => other.remove())
    const runs = readerOf(other)
    expect(await runs.list({ limit: 5 })).toEqual({ items: [], next: null, problem: null })
    const made: string[] = []
    for (let at = 0; at < 5; at++) {
      const { id } = await other.start(planOf([step(at % 2 ? 'bad' : 'one')]), other.runner(WRITES))
      // Two of one moment: by their ids.
      utimesSync(join(other.root, 'data/runs', id, 'run.json'), 1000, 1000 + Math.min(at, 3))
      made.push(id)
    }
    const home = join(other.root, 'data/runs')
    mkdirSync(join(home, 'aaaaaaaaaaaa'))
    mkdirSync(join(home, 'notes'))
    writeFileSync(join(home, 'bbbbbbbbbbbb'), 'A file.\n')
    const expected = [...made.slice(3).sort(), ...made.slice(0, 3).reverse()]
    for (const limit of [1, 2, 5, 100]) {
      const seen: string[] = []
      for (let after: RunQuery['after'] | null; after !== null; ) {
        const page = await runs.list({ limit, after })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map(({ runId }) => runId))
        after = page.next
      }
      expect(seen).toEqual(expected)
    }
    const failed = await runs.list({ limit: 100, state: 'failed' })
    expect(failed.items.map(({ runId }) => runId).sort()).toEqual([made[1], made[3]].sort())
    expect((await runs.list({ limit: 100, template: 'work' })).items).toHaveLength(5)
    expect((await runs.list({ limit: 100, template: 'other' })).items).toEqual([])
    expect((await runs.list({ limit: 100, planId: failed.items[0]!.planId! })).items).toHaveLength(5)
    for (const runId of ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc', '..', 'notes', ''])
      expect(await runs.show(runId)).toBeUndefined()
  })

  test('says why a folder of runs is not read', async () => {
    for (const [make, problem] of [
      [
        (path: string) => symlinkSync(join(bench.root, 'data/runs'), path),
        '.nofx/runs is a link, which is not followed',
      ],
      [(path: string) => writeFileSync(path, 'A file.\n'), '.nofx/runs is not a folder'],
    ] as const) {
      const other = new Bench()
      onTestFinished(() => other.remove())
      mkdirSync(join(other.root, 'data'))
      make(join(other.root, 'data/runs'))
      const runs = readerOf(other)
      expect(await runs.list({ limit: 5 })).toEqual({ items: [], next: null, problem })
      const { items } = await bench.list()
      expect(await runs.show(items[0]!.runId)).toBeUndefined()
    }
  })
})
