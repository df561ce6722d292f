import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bench, planOf, statesOf, step } from './support/run-plan.ts'

describe('a run', () => {
  let bench: Bench
  beforeEach(() => {
    bench = new Bench()
  })
  afterEach(() => bench.remove())

  it('a run gives each step its files and its task, and its outputs to later steps', async () => {
    const plan = planOf(
      [
        step('read', { inputs: { topic: 'tea' } }),
        step('write', {
          dependsOn: ['read'],
          prompt: { $parts: ['About ', { step: 'read', output: 'findings' }, '.'] },
          inputs: { found: { $parts: [{ step: 'read', output: 'findings' }] } },
        }),
      ],
      { expectedOutputs: [{ id: 'text', type: 'text', fromStep: 'write', required: true }] },
    )
    const runner = bench.runner(`
      cat > "$1.task"; cp "$3" "$1.input"; cp "$4" "$1.prompt"; stat -c '%a' "$3" "$(dirname "$3")" > "$1.modes"
      case $1 in
        read) echo '{"findings": {"n": 7}}' > "$2" ;;
        write) echo '{"text": "well"}' > "$2" ;;
      esac`)
    const report = await bench.start(plan, runner, { manifest: { model: { name: 'm' } } })
    expect(report).toMatchObject({
      state: 'done',
      steps: [
        { id: 'read', state: 'done', attempts: 1, outputs: { findings: { n: 7 } } },
        { id: 'write', state: 'done', attempts: 1, outputs: { text: 'well' } },
      ],
    })
    expect(bench.read('write.prompt')).toBe('You work.\n')
    expect(bench.read('read.task')).toContain('Do read.\n\nInputs:')
    expect(bench.read('write.task')).toMatch(
      /^About \{"n":7\}\.\n\nInputs:[\s\S]+Outputs:\n\n- text \(text\)\n$/,
    )
    expect(JSON.parse(bench.read('write.input'))).toMatchObject({
      step: 'write',
      attempt: 1,
      inputs: { found: { n: 7 } },
      agent: { id: 'worker', version: 1, model: { name: 'm' } },
    })
    expect(bench.read('read.modes')).toBe('600\n700\n')
    expect(bench.leftovers(report.id)).toEqual([])
  })

  it('a run executes independent steps in parallel, up to the limit', async () => {
    // Each step waits for another one to begin: one at a time they would never end.
    const runner = bench.runner(`
      touch "$1.began"; other=b; [ "$1" = b ] && other=a
      while [ ! -e "$other.began" ]; do sleep 0.01; done`)
    const plan = planOf([step('a', { timeoutMs: 20_000 }), step('b', { timeoutMs: 20_000 })])
    expect(await bench.start(plan, runner, { concurrency: 2 })).toMatchObject({ state: 'done' })
    const alone = bench.runner('[ -e busy ] && exit 1; touch busy; sleep 0.02; rm busy')
    const three = planOf(['a', 'b', 'c'].map((id) => step(id)))
    expect(await bench.start(three, alone, { concurrency: 1 })).toMatchObject({ state: 'done' })
  })

  it('a run skips a step whose condition does not hold, and continues', async () => {
    const when = { left: { step: 'check', output: 'bad' }, op: '==' as const, right: true }
    const plan = planOf(
      [
        step('check'),
        step('mend', { dependsOn: ['check'], when }),
        step('never', { when: false }),
        step('end', { dependsOn: ['mend'], prompt: { $parts: ['[', { step: 'mend', output: 'x' }, ']'] } }),
      ],
      { expectedOutputs: [{ id: 'mended', type: 'text', fromStep: 'mend', required: true }] },
    )
    const runner = bench.runner(`cat > "$1.task"; echo '{"bad": false}' > "$2"`)
    const report = await bench.start(plan, runner)
    expect(report.state).toBe('done')
    expect(statesOf(report)).toEqual({ check: 'done', mend: 'skipped', never: 'skipped', end: 'done' })
    expect(bench.read('end.task')).toBe('[]\n')
  })

  it('a run retries a step as the plan says, and stops retrying a failure that is final', async () => {
    const retry = { maxAttempts: 3, backoffMs: 5 }
    const runner = bench.runner(`
      echo x >> "$1.tries"
      [ "$1" = flaky ] && [ "$(wc -l < flaky.tries)" -ge 2 ] && exit 0
      echo "no such luck" >&2; exit 3`)
    const plan = planOf([
      step('flaky', { retry }),
      step('broken', { retry }),
      step('after', { dependsOn: ['broken'] }),
    ])
    const report = await bench.start(plan, runner, { concurrency: 1 })
    expect(report).toMatchObject({
      state: 'failed',
      steps: [
        { id: 'flaky', state: 'done', attempts: 2 },
        { id: 'broken', state: 'failed', attempts: 3, error: 'exit status 3: no such luck' },
        { id: 'after', state: 'not-run', attempts: 0 },
      ],
    })
    expect(bench.read('broken.tries')).toBe('x\nx\nx\n')
  })

  it('a run continues after a failure that the plan tolerates, unless an output of the step is required', async () => {
    const steps = [step('may', { onFailure: 'continue' }), step('next', { dependsOn: ['may'] })]
    const runner = bench.runner('[ "$1" != may ]')
    const report = await bench.start(planOf(steps), runner)
    expect([report.state, statesOf(report)]).toEqual(['done', { may: 'failed', next: 'done' }])
    const expectedOutputs = [{ id: 'x', type: 'text' as const, fromStep: 'may', required: true }]
    expect(await bench.start(planOf(steps, { expectedOutputs }), runner)).toMatchObject({ state: 'failed' })
  })

  it('a run undoes completed steps in reverse order, and reports a failed undo', async () => {
    const undo = (id: string) => ({
      step: id,
      agentId: 'worker',
      prompt: { $parts: [`Undo ${id} `, { step: id, output: 'made' }] },
      inputs: {},
    })
    const plan = planOf(
      [
        step('one'),
        step('two', { dependsOn: ['one'] }),
        step('three', { dependsOn: ['two'], onFailure: 'rollback' }),
        step('four', { dependsOn: ['three'] }),
      ],
      { rollback: [undo('four'), undo('three'), undo('two'), undo('one')] },
    )
    const script = (fails: string) => `
      task=$(cat); echo "$1 \${task%% *} \${task##* }" >> log
      case "$1 $task" in ${fails}) exit 1 ;; esac
      echo "{\\"made\\": \\"$1-made\\"}" > "$2"`
    const clean = await bench.start(plan, bench.runner(script('"three Do"*')))
    expect([clean.state, clean.rollback.map(({ id, state }) => `${id} ${state}`)]).toEqual([
      'rolled-back',
      ['three done', 'two done', 'one done'],
    ])
    expect(bench.read('log').split('\n').slice(2)).toEqual([
      'three Do three.',
      'three Undo ',
      'two Undo two-made',
      'one Undo one-made',
      '',
    ])
    const half = await bench.start(plan, bench.runner(script('"three "*')))
    expect([half.state, half.rollback.map(({ state }) => state)]).toEqual([
      'rollback-failed',
      ['failed', 'done', 'done'],
    ])
  })

  it('a run pauses for an approval without a person to ask, and continues when resumed with it', async () => {
    const plan = planOf([
      step('deploy', { approval: 'manual' }),
      step('other'),
      step('after', { dependsOn: ['deploy'] }),
    ])
    const paused = await bench.start(plan, bench.runner('echo x >> "$1.ran"'))
    expect(paused).toMatchObject({ state: 'paused', unapproved: ['deploy'] })
    expect(statesOf(paused)).toEqual({ deploy: 'unapproved', other: 'done', after: 'waiting' })
    expect(await bench.resume(paused.id, { ask: async () => false })).toMatchObject({ state: 'paused' })
    const done = await bench.resume(paused.id, { approve: ['deploy'] })
    expect([done.state, statesOf(done)]).toEqual(['done', { deploy: 'done', other: 'done', after: 'done' }])
    expect([bench.read('other.ran'), bench.read('deploy.ran')]).toEqual(['x\n', 'x\n'])
    const asked: string[] = []
    const ask = async (id: string) => asked.push(id) > 0
    expect(await bench.start(plan, bench.runner('exit 0'), { ask })).toMatchObject({ state: 'done' })
    expect(asked).toEqual(['deploy'])
    let open = 0
    const alone: boolean[] = []
    const both = planOf([step('one', { approval: 'manual' }), step('two', { approval: 'manual' })])
    const asking = async () => {
      alone.push(++open === 1)
      await new Promise((done) => setImmediate(done))
      return --open === 0
    }
    expect(await bench.start(both, bench.runner('exit 0'), { ask: asking })).toMatchObject({ state: 'done' })
    expect(alone).toEqual([true, true])
    expect(await bench.resume(done.id)).toEqual(done)
  })

  it('a run that is interrupted stops everything under way, and can be resumed', async () => {
    const stop = new AbortController()
    const plan = planOf([step('quick'), step('slow', { dependsOn: ['quick'] })])
    const runner = bench.runner(`
      echo x >> "$1.ran"
      [ "$1" = quick ] || [ -e go ] || { touch began; trap '' TERM; sleep 100 & wait; sleep 100; }`)
    const run = bench.start(plan, runner, { signal: stop.signal })
    while (!existsSync(join(bench.root, 'began'))) await new Promise((done) => setImmediate(done))
    stop.abort()
    const cut = await run
    expect(cut).toMatchObject({ state: 'interrupted', steps: [{ state: 'done' }, { state: 'waiting' }] })
    expect(bench.leftovers(cut.id)).toEqual([])
    writeFileSync(join(bench.root, 'go'), '')
    const done = await bench.resume(cut.id)
    expect(done).toMatchObject({ state: 'done', steps: [{ attempts: 1 }, { attempts: 2 }] })
    expect([bench.read('quick.ran'), bench.read('slow.ran')]).toEqual(['x\n', 'x\nx\n'])
  })

  it('a run asks before it repeats a step that cannot be undone', async () => {
    const stop = new AbortController()
    const plan = planOf([step('mail', { sideEffects: 'irreversible' })])
    const runner = bench.runner('[ -e began ] || { touch began; sleep 100; }')
    const run = bench.start(plan, runner, { signal: stop.signal })
    while (!existsSync(join(bench.root, 'began'))) await new Promise((done) => setImmediate(done))
    stop.abort()
    const { id: runId } = await run
    expect(await bench.resume(runId)).toMatchObject({ state: 'paused', unapproved: ['mail'] })
    expect(await bench.resume(runId, { approve: ['mail'] })).toMatchObject({ state: 'done' })
  })

  it('a run stores, shows and passes on no part of a secret', async () => {
    const secret = 'hush-hush "quoted"'
    const plan = planOf(
      [
        step('use', { prompt: { $parts: ['Use ', { secret: 'token' }] } }),
        step('next', { dependsOn: ['use'], inputs: { said: { $parts: [{ step: 'use', output: 'said' }] } } }),
        step('fail', { dependsOn: ['next'] }),
      ],
      { secrets: ['token'], expectedOutputs: [] },
    )
    const runner = bench.runner(`
      cat > "$1.task"; env > "$1.env"; cp "$3" "$1.input"
      [ "$1" = fail ] && { echo 'it was ${secret}' >&2; exit 1; }
      printf '%s' '{"said": "it was hush-hush \\"quoted\\""}' > "$2"`)
    const report = await bench.start(plan, runner, {
      secrets: { token: secret },
      secretVariables: ['TOKEN'],
      env: {
        PATH: process.env.PATH,
        TOKEN: secret,
        SUPABASE_SECRET_KEY: 'sb',
        SUPABASE_DB_URL: 'postgres://',
        NOFX_EVENTS_SECRET: 'whsec_',
        NOFX_DEPLOY_HOOK_URL: 'https://hook',
        OTHER: 'kept',
        AGENTS: 'agents-own',
      },
      manifest: { permissions: { secrets: ['AGENTS'] } },
    })
    expect(bench.read('use.task')).toBe(`Use ${secret}\n`)
    expect(report.steps.map(({ outputs, error }) => error ?? outputs)).toEqual([
      { said: 'it was [secret]' },
      { said: 'it was [secret]' },
      'exit status 1: it was [secret]',
    ])
    for (const text of [bench.journal(report.id), bench.read('next.input'), JSON.stringify(report)])
      expect(text).not.toContain('hush')
    const env = bench.read('use.env')
    expect(env).toContain('OTHER=kept')
    expect(env).toContain('AGENTS=agents-own')
    expect(env).not.toMatch(/TOKEN|SUPABASE|NOFX/)
  })

  it.each([
    ['longer than what is shown', `k-${'c3D4'.repeat(200)}`, (secret: string) => `denied for ${secret}`],
    ['of several lines', 'first part\nsecond part', (secret: string) => `denied for ${secret}`],
    [
      'that is all that can be kept',
      `k-${'c3D4'.repeat(20_000)}`,
      (secret: string) => `denied for ${secret}`,
    ],
  ])('a run shows no part of a secret %s', async (_what, token, said) => {
    writeFileSync(join(bench.root, 'said'), said(token))
    const report = await bench.start(planOf([step('fail')]), bench.runner('cat said >&2; exit 1'), {
      secrets: { token },
    })
    const [end = ''] = token.split('\n').slice(-1)
    expect(report.steps[0]?.error).toMatch(/^exit status 1(: denied for \[secret\])?$/)
    expect(bench.journal(report.id)).not.toContain(end.slice(-10))
  })
})
