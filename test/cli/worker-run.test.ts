import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { EVERYTHING } from '../worker/mcp/support/everything.ts'

const template = (id: string, steps: object[], rest: object = {}) => ({
  [`packages/shared/templates/${id}/template.json`]: {
    templateId: id,
    name: id,
    description: 'Does one thing after the other.',
    owner: '@acme/tools',
    category: 'test',
    defaultPlan: { steps },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'last' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: ['doer'],
    ...rest,
  },
})

const step = (id: string, rest: object = {}) => ({
  id,
  agentId: 'doer',
  prompt: { text: `Do ${id}.` },
  ...rest,
})

const SECRET = 'hush-hush-hush'
const PLANS = {
  ...template('two', [step('first', { outputs: ['found'] }), step('last', { dependsOn: ['first'] })]),
  ...template('gated', [step('first'), step('last', { dependsOn: ['first'], approval: 'manual' })]),
  ...template('private', [step('last', { prompt: { text: 'Use {{parameters.apiToken}}.' } })], {
    parameters: {
      type: 'object',
      properties: { apiToken: { type: 'string', minLength: 5, 'x-secret': true } },
      required: ['apiToken'],
    },
  }),
  ...template('tools', [step('last', { agentId: 'caller' })], { supportedAgents: ['caller'] }),
}

/** A call of the official client, as an agent's runtime would make it. */
const CALLER = `
import { readFileSync, writeFileSync } from 'node:fs'
import { Client } from '${resolve('node_modules/@modelcontextprotocol/client/dist/index.mjs')}'
import { StdioClientTransport } from '${resolve('node_modules/@modelcontextprotocol/client/dist/stdio.mjs')}'
const [mcpFile, outputFile] = process.argv.slice(2)
const { command, args } = JSON.parse(readFileSync(mcpFile, 'utf8')).mcpServers.everything
const client = new Client({ name: 'runner', version: '1' })
await client.connect(new StdioClientTransport({ command, args }))
const { tools } = await client.listTools()
const { content } = await client.callTool({ name: 'echo', arguments: { message: 'tea' } })
const refused = await client.callTool({ name: 'get-env', arguments: {} }).catch((error) => error.message)
const made = [tools.map(({ name }) => name).join(), content[0].text, refused].join(' | ')
writeFileSync(outputFile, JSON.stringify({ made }))
await client.close()
`

describe('nofx worker run', () => {
  let project: PostgresProject
  let count = 0
  /** Where the runner of the test at hand leaves its marks. */
  let marks: string
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write({ ...agentFiles('doer'), ...PLANS })
    const mcpServers = {
      everything: {
        type: 'stdio',
        command: process.execPath,
        args: [EVERYTHING, 'stdio'],
        env: { KEY: '$' + '{CALLER_KEY}' },
        allowedTools: ['echo'],
      },
    }
    const permissions = { secrets: ['CALLER_KEY'] }
    project.write(agentFiles('caller', { mcp: { mcpServers }, permissions })).write({ 'caller.mjs': CALLER })
    await project.commit().run('registry', 'publish')
  })
  afterAll(() => project.remove())
  beforeEach(() => {
    marks = join(project.root, `marks-${count++}`)
    mkdirSync(marks)
  })

  const planOf = async (id: string, ...words: string[]): Promise<string> =>
    (await project.run('templates', 'instantiate', id, ...words, '--json')).json.data.planId
  /** The command line of a script that gets the marks' folder, the step and the output file. */
  const runner = (script: string): string => {
    writeFileSync(join(marks, 'runner.sh'), `cd '${marks}'\n${script}`)
    return `sh '${join(marks, 'runner.sh')}' {step} {outputFile}`
  }
  const mark = (name: string) => readFileSync(join(marks, name), 'utf8')
  const appears = async (name: string): Promise<void> => {
    while (!existsSync(join(marks, name))) await sleep(10)
  }
  const runIds = () =>
    existsSync(join(project.root, '.nofx/runs')) ? readdirSync(join(project.root, '.nofx/runs')) : []
  const leftovers = (runId: string) =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`nofx-run-${runId}`))
  const worker = (...words: string[]): Promise<CliRun> => project.run('worker', 'run', ...words)
  const MAKES = `echo x >> "$1.ran"; echo '{"found": "tea", "made": "well"}' > "$2"`
  /** The last step waits the first time that it runs, and ignores signals. */
  const SLOW = `${MAKES}
    if [ "$1" = last ] && [ ! -e begun ]; then trap '' TERM; echo $$ > pid; touch begun; while :; do sleep 0.1; done; fi`

  it('worker run executes a plan to its end, with a line for each step and one document', async () => {
    const plan = await planOf('two')
    const told = await worker('--plan', plan, '--runner', runner(MAKES))
    expect(told).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^Run [0-9a-f]{12} done: 2 done\n$/),
    })
    expect(told.stderr).toMatch(/first: started by doer v1\nfirst: done in .+\nlast: started by doer v1\n/)
    const { exit, stderr, json } = await worker('--plan', plan, '--runner', runner(MAKES), '--json')
    expect([exit, stderr]).toEqual([0, ''])
    expect(json).toMatchObject({
      ok: true,
      data: {
        id: expect.stringMatching(/^[0-9a-f]{12}$/),
        planId: plan,
        state: 'done',
        steps: [
          { id: 'first', state: 'done', attempts: 1, ms: expect.any(Number), outputs: { found: 'tea' } },
          { id: 'last', state: 'done', attempts: 1, outputs: { made: 'well' } },
        ],
      },
    })
  })

  it('templates instantiate takes a template with its kind, and suggests the nearest one', async () => {
    const made = await project.run('templates', 'instantiate', 'templates/two', '--dry-run', '--json')
    expect(made).toMatchObject({ exit: 0, json: { ok: true } })
    const error = async (name: string) =>
      (await project.run('templates', 'instantiate', name, '--json')).json.error
    expect(await error('template/twoo')).toMatchObject({
      code: 'NOT_FOUND',
      hint: 'did you mean: templates/two',
    })
    expect(await error('agents/doer')).toMatchObject({ code: 'USAGE', hint: 'write it as templates/<id>' })
  })

  it('worker run starts nothing that is disabled: a new run is refused, and the next step of a run fails', async () => {
    const plan = await planOf('gated')
    const paused = await worker('--plan', plan, '--runner', runner(MAKES), '--json')
    expect(paused).toMatchObject({ exit: 10, json: { data: { steps: [{ state: 'done' }, {}] } } })
    const { id: runId } = paused.json.data
    expect((await project.run('registry', 'disable', 'agents/doer', '--reason', 'sends mails')).exit).toBe(0)
    const refused = await worker('--plan', plan, '--runner', runner(MAKES), '--json')
    const message = expect.stringMatching(/^agents\/doer is disabled by .+: sends mails$/)
    expect(refused).toMatchObject({ exit: 1, json: { error: { code: 'DISABLED', message } } })
    const made = await project.run('templates', 'instantiate', 'gated', '--json')
    const hint = 'nofx registry enable agents/doer --reason "<why>"'
    expect(made.json.error).toMatchObject({ code: 'CONFLICT', message, hint })
    const resumed = await worker('--resume', runId, '--approve', 'last', '--json')
    expect(resumed).toMatchObject({
      exit: 1,
      json: { data: { state: 'failed', steps: [{ state: 'done' }, { state: 'failed', error: message }] } },
    })
    expect(existsSync(join(marks, 'last.ran'))).toBe(false)
    expect((await project.run('registry', 'enable', 'agents/doer', '--reason', 'corrected')).exit).toBe(0)
    expect((await worker('--plan', plan, '--runner', runner(MAKES))).exit).toBe(10)
  })

  it('worker run fails with its report when a step fails', async () => {
    const { exit, json } = await worker('--plan', await planOf('two'), '--runner', runner('exit 3'), '--json')
    expect(exit).toBe(1)
    expect(json).toMatchObject({
      ok: false,
      error: { code: 'RUN_FAILED', message: expect.stringContaining('failed at first') },
      data: { state: 'failed', steps: [{ state: 'failed', error: 'exit status 3' }, { state: 'not-run' }] },
    })
    const missing = await worker('--plan', await planOf('two'), '--runner', runner('exit 0'), '--json')
    expect(missing.json.data.steps[1]).toMatchObject({ state: 'failed', error: 'its output made is missing' })
  })

  it('worker run pauses without a terminal, and continues with an approval', async () => {
    const paused = await worker('--plan', await planOf('gated'), '--runner', runner(MAKES), '--json')
    const { id: runId } = paused.json.data
    expect(paused).toMatchObject({
      exit: 10,
      json: {
        ok: true,
        data: {
          state: 'paused',
          unapproved: ['last'],
          steps: [{ state: 'done' }, { state: 'unapproved' }],
        },
      },
    })
    expect(await worker('--resume', runId)).toMatchObject({
      exit: 10,
      stdout: expect.stringContaining(`approve: nofx worker run --resume ${runId} --approve last\n`),
    })
    expect(await worker('--resume', runId, '--approve', 'lats', '--json')).toMatchObject({
      exit: 2,
      json: { error: { code: 'USAGE', hint: 'did you mean --approve last' } },
    })
    const done = await worker('--resume', runId, '--approve', 'last', '--json')
    expect(done).toMatchObject({ exit: 0, json: { data: { id: runId, state: 'done' } } })
    expect(mark('first.ran')).toBe('x\n')
    expect((await worker('--resume', runId, '--json')).json).toEqual(done.json)
  })

  it('worker run continues after kill -9: done steps stay done, and steps under way are ended and run again', async () => {
    const before = runIds()
    const { child, ended } = project.start(
      'worker',
      'run',
      '--plan',
      await planOf('two'),
      '--runner',
      runner(SLOW),
    )
    await appears('begun')
    const runId = runIds().find((id) => !before.includes(id)) as string
    const second = await worker('--resume', runId, '--json')
    expect(second).toMatchObject({
      exit: 4,
      json: { error: { code: 'CONFLICT', detail: { runId, pid: child.pid } } },
    })
    child.kill('SIGKILL')
    await ended
    const orphan = Number(mark('pid'))
    expect(() => process.kill(orphan, 0)).not.toThrow()
    expect(leftovers(runId)).toHaveLength(1)
    const journal = join(project.root, '.nofx/runs', runId, 'journal.jsonl')
    writeFileSync(journal, `${readFileSync(journal, 'utf8')}{"type":"done","task":{"st`)
    const resumed = await worker('--resume', runId, '--json')
    expect(resumed).toMatchObject({
      exit: 0,
      json: { data: { state: 'done', steps: [{ attempts: 1 }, { attempts: 2, outputs: { made: 'well' } }] } },
    })
    expect([mark('first.ran'), mark('last.ran')]).toEqual(['x\n', 'x\nx\n'])
    expect(stateOf(orphan)).toMatch(/^(Z|)$/)
    expect(leftovers(runId)).toEqual([])
  })

  it('worker run ends everything on Ctrl-C, leaves no file, and can be resumed', async () => {
    const before = runIds()
    const { child, ended } = project.start(
      'worker',
      'run',
      '--plan',
      await planOf('two'),
      '--runner',
      runner(SLOW.replace("trap '' TERM; ", '')),
    )
    await appears('begun')
    const runId = runIds().find((id) => !before.includes(id)) as string
    child.kill('SIGINT')
    expect(await ended).toEqual({ exit: 130, signal: null })
    expect(stateOf(Number(mark('pid')))).toMatch(/^(Z|)$/)
    expect(leftovers(runId)).toEqual([])
    expect(await worker('--resume', runId)).toMatchObject({ exit: 0 })
    expect(mark('first.ran')).toBe('x\n')
  })

  it('worker run ends at once on a second Ctrl-C, with its runners', async () => {
    const script = runner(SLOW.replace("trap '' TERM", "trap 'touch told' TERM"))
    const { child, ended } = project.start('worker', 'run', '--plan', await planOf('two'), '--runner', script)
    await appears('begun')
    child.kill('SIGINT')
    await appears('told')
    child.kill('SIGINT')
    expect(await ended).toEqual({ exit: null, signal: 'SIGINT' })
    // The kernel takes some time to end the runner.
    await expect.poll(() => stateOf(Number(mark('pid'))), { timeout: 10_000 }).toMatch(/^(Z|)$/)
  })

  it('worker run takes secrets from the environment, and stores no part of them', async () => {
    const plan = await planOf('private', '--param', `apiToken=${SECRET}`)
    const script = runner(`cat > task; printf '{"made": "with ${SECRET}"}' > "$2"`)
    const give = (env: Record<string, string>, ...words: string[]) =>
      project.runWith({ env }, 'worker', 'run', '--plan', plan, '--runner', script, '--json', ...words)
    expect(await give({})).toMatchObject({
      exit: 2,
      json: { error: { code: 'CONFIG', detail: { parameter: 'apiToken', variable: 'API_TOKEN' } } },
    })
    const slip = await give({}, '--secret', `apiToken=${SECRET}`)
    expect([slip.exit, slip.stdout.includes(SECRET)]).toEqual([2, false])
    expect(await give({ API_TOKEN: 'hush' })).toMatchObject({
      exit: 1,
      json: { error: { code: 'FINDINGS' } },
    })
    for (const [env, ...words] of [
      [{ API_TOKEN: SECRET }],
      [{ ELSEWHERE: SECRET }, '--secret', 'apiToken=ELSEWHERE'],
    ] as const) {
      const done = await give(env as Record<string, string>, ...(words as string[]))
      expect(done).toMatchObject({
        exit: 0,
        json: { data: { steps: [{ outputs: { made: 'with [secret]' } }] } },
      })
      expect(mark('task')).toContain(`Use ${SECRET}.`)
      const folder = join(project.root, '.nofx/runs', done.json.data.id)
      for (const file of readdirSync(folder))
        expect(readFileSync(join(folder, file), 'utf8')).not.toContain(SECRET)
    }
  })

  it('worker run injects MCP servers that the official client can use, without the tools that are not allowed', async () => {
    const plan = await planOf('tools')
    const words = ['worker', 'run', '--plan', plan, '--json', '--runner']
    const line = `${process.execPath} ${join(project.root, 'caller.mjs')} {mcpFile} {outputFile}`
    expect(await project.run(...words, line)).toMatchObject({
      exit: 2,
      json: { error: { code: 'CONFIG', detail: { server: 'everything', variable: 'CALLER_KEY' } } },
    })
    const { json } = await project.runWith({ env: { CALLER_KEY: 'k' } }, ...words, line)
    expect(json).toMatchObject({
      data: {
        steps: [
          { outputs: { made: expect.stringMatching(/^echo \| Echo: tea \| .*"get-env" is not allowed/) } },
        ],
      },
    })
  })

  it.each([
    [['--plan', 'nothing', '--runner', 'x'], 1, 'NOT_FOUND'],
    [['--resume', '../../etc'], 1, 'NOT_FOUND'],
    [['--resume', '0123456789ab'], 1, 'NOT_FOUND'],
    [['--plan', 'nothing'], 2, 'USAGE'],
    [['--runner', 'x'], 2, 'USAGE'],
    [['--plan', 'a', '--resume', 'b'], 2, 'USAGE'],
    [['--plan', 'a', '--runner', 'x | y'], 2, 'USAGE'],
  ])('worker run refuses %j', async (words, exit, code) => {
    expect(await worker(...words, '--json')).toMatchObject({ exit, json: { ok: false, error: { code } } })
  })
})

describe('a worker run on an embedded registry', () => {
  it('worker run leaves the registry to other commands while it runs', async () => {
    const project = new TestProject({}, { resident: true })
    try {
      project.write({ ...agentFiles('doer'), ...template('one', [step('last')]) }).commit()
      await project.run('registry', 'publish')
      const { planId } = (await project.run('templates', 'instantiate', 'one', '--json')).json.data
      const list = `cd '${project.root}' && '${process.execPath}' '${resolve('bin/run.js')}' registry list < /dev/null`
      const done = await project.runWith(
        { alone: true },
        'worker',
        'run',
        '--plan',
        planId,
        '--runner',
        `sh -c "${list}"`,
        '--json',
      )
      expect(done.json).toMatchObject({
        data: { steps: [{ outputs: { made: expect.stringContaining('doer') } }] },
      })
    } finally {
      project.remove()
    }
  })
})

/** The state of a process: empty when it is gone, Z when it is dead and its parent has not read its status. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] as string
  } catch {
    return ''
  }
}
