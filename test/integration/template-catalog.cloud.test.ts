import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'

const TOKEN = 'tok-7f3a9c1e5b'
const refusalOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })
const skill = (id: string) => ({ id, name: id, description: `Does ${id}.` })

/** A template of two steps: a skill that either agent may have, then `writer` by name. */
function templateFiles(id: string, rest: object = {}): Record<string, object> {
  return {
    [`packages/shared/templates/${id}/template.json`]: {
      templateId: id,
      name: `The ${id}`,
      description: 'Reads something, then writes about it.',
      owner: '@acme/tools',
      category: 'tests',
      parameters: {
        type: 'object',
        properties: {
          topic: { type: 'string' },
          depth: { type: 'integer', default: 1 },
          token: { type: 'string', 'x-secret': true },
        },
        required: ['topic', 'token'],
      },
      defaultPlan: {
        steps: [
          {
            id: 'read',
            skill: 'reading',
            prompt: { text: 'Read about {{parameters.topic}} with {{parameters.token}}.' },
            inputs: { depth: '{{parameters.depth}}' },
          },
          {
            id: 'write',
            agentId: 'writer',
            prompt: { text: 'Write about {{steps.read.outputs.notes}}.' },
            dependsOn: ['read'],
            sideEffects: 'reversible',
            rollback: { agentId: 'writer', prompt: { text: 'Delete what was written.' } },
          },
        ],
      },
      expectedOutputs: [
        { id: 'notes', type: 'text', fromStep: 'read', required: true },
        { id: 'page', type: 'url', fromStep: 'write', required: true },
      ],
      rollbackAdvice: { summary: 'Delete the page.', steps: ['write'] },
      supportedAgents: ['reader', 'writer'],
      ...rest,
    },
  }
}

describe('a catalog of templates beside its agents', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run(...words, '--json')
  const publish = (...words: string[]) => run('registry', 'publish', ...words)
  const outcomes = ({ json }: CliRun) =>
    json.data.result.outcomes.map(
      (row: { kind: string; id: string; outcome: string }) => `${row.outcome} ${row.kind}/${row.id}`,
    )
  const instantiate = (...words: string[]) =>
    run('templates', 'instantiate', 'report', '--param', 'topic=tides', '--param', `token=${TOKEN}`, ...words)
  const head = async (kind: string, id: string) => (await run('registry', 'show', kind, id)).json.data.head

  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('reader', { skills: [skill('reading')] }))
    project.write(agentFiles('writer', { skills: [skill('writing')], version: '1.0.0' }))
    project.write(templateFiles('report', { supportedAgents: ['reader', 'writer@^1'] })).commit()
  })
  afterAll(async () => {
    expect(await checkInvariants(project.database)).toEqual([])
    await project.remove()
  })

  it('the templates are validated against the agents of the tree before they are published', async () => {
    expect(await run('validate', 'templates')).toMatchObject({
      exit: 0,
      json: { data: { counts: { definitions: 1, errors: 0 } } },
    })
  })

  it('a publish includes what a template needs and the registry does not have', async () => {
    const { exit, json } = await publish('templates', '--dry-run')
    const items = json.data.plan.items.map((item: { id: string; neededBy?: string }) => [
      item.id,
      item.neededBy,
    ])
    expect({ exit, items }).toEqual({
      exit: 0,
      items: [
        ['report', undefined],
        ['reader', 'templates/report'],
        ['writer', 'templates/report'],
      ],
    })
  })

  it('templates and agents are published in one release, agents first', async () => {
    expect(outcomes(await publish())).toEqual([
      'added agents/reader',
      'added agents/writer',
      'added templates/report',
    ])
    expect(await publish()).toMatchObject({ exit: 0, json: { data: { plan: { unchanged: 3 } } } })
  })

  it('a template’s head has the version before and the rollback advice', async () => {
    project
      .write(templateFiles('report', { supportedAgents: ['reader', 'writer@^1'], category: 'other' }))
      .commit()
    await publish()
    const [row] = await project.database.query(
      'select template_id, version, previous_version, rollback_advice from public.template_registry',
    )
    expect(row).toEqual({
      template_id: 'report',
      version: 2,
      previous_version: 1,
      rollback_advice: { summary: 'Delete the page.', steps: ['write'] },
    })
  })

  it.each<[what: string, rest: object, rule: string]>([
    [
      'an agent that does not exist',
      { supportedAgents: ['reader', 'writer', 'ghost'] },
      'NOFX_REFERENCE_MISSING',
    ],
    ['a version that does not exist', { supportedAgents: ['reader', 'writer@^2'] }, 'NOFX_REFERENCE_RANGE'],
    ['a skill that no agent offers', { supportedAgents: ['writer'] }, 'NOFX_REFERENCE_UNMET'],
  ])('a publish refuses a template that needs %s', async (_what, rest, rule) => {
    project.write(templateFiles('wrong', rest))
    const { exit, json } = await run('validate', 'templates')
    expect({ exit, rules: json.diagnostics.map((one: { rule: string }) => one.rule) }).toEqual({
      exit: 1,
      rules: expect.arrayContaining([rule]),
    })
    rmSync(join(project.root, 'packages/shared/templates/wrong'), { recursive: true })
  })

  it('a publish finds agents in the registry when the tree has none', async () => {
    const { root } = project
    const agents = join(root, 'packages/shared/agents')
    rmSync(agents, { recursive: true })
    expect(await run('validate')).toMatchObject({
      exit: 0,
      json: { data: { counts: { errors: 0, warnings: 0 } } },
    })
    project.git('checkout', '-q', '.')
  })

  it('a publish shows what an agent’s change would break, and refuses it without --force', async () => {
    project.write(agentFiles('reader', { skills: [skill('looking')] })).commit()
    const dry = await publish('agents', '--dry-run')
    expect(refusalOf(dry)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(dry.json.error.message).toContain('agents/reader would leave templates/report without')
    expect(refusalOf(await publish('agents'))).toEqual({ exit: 1, code: 'REFUSED' })
    expect((await head('agents', 'reader')).version).toBe(1)
  })

  it.each<[what: string, rest: object]>([
    ['disabled', { skills: [skill('reading')], status: 'disabled' }],
    ['without the skill', { skills: [skill('looking')] }],
  ])('a publish refuses the same where the plan did not see it: an agent %s', async (_what, rest) => {
    project.write(agentFiles('reader', rest)).commit()
    const out = join(project.root, 'plan.json')
    await publish('agents', '--only', 'reader', '--out', out)
    const plan = JSON.parse(readFileSync(out, 'utf8'))
    for (const item of plan.items) item.breaks = []
    project.write({ 'plan.json': plan })
    const refused = await publish('agents', '--plan', 'plan.json')
    expect(refusalOf(refused)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(refused.json.error.detail).toMatchObject({ rule: 'NOFX_STILL_REQUIRED' })
    rmSync(out)
  })

  it('a publish refuses to remove an agent that a live template needs, and names the template', async () => {
    project.git('rm', '-rq', 'packages/shared/agents/reader')
    project.commit()
    const refused = await publish('agents', '--prune', '--yes')
    expect(refusalOf(refused)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(refused.json.error.message).toContain('templates/report')
    project.write(agentFiles('reader', { skills: [skill('reading')] })).commit()
    expect((await publish()).exit).toBe(0)
  })

  it('a rollback of an agent is refused when a live template needs the newer version', async () => {
    project.write(agentFiles('writer', { skills: [skill('writing')], version: '1.1.0' }))
    project.write(templateFiles('report', { supportedAgents: ['reader', 'writer@^1.1'] })).commit()
    expect((await publish()).exit).toBe(0)
    const back = (...words: string[]) =>
      run('registry', 'rollback', 'agents', 'writer', '--to', '1', '--reason', 'slow', ...words)
    for (const refused of [await back('--dry-run'), await back()]) {
      expect(refusalOf(refused)).toEqual({ exit: 1, code: 'REFUSED' })
      expect(JSON.stringify(refused.json.error)).toContain('"range"')
    }
    expect((await back('--force', '--dry-run')).exit).toBe(0)
  })

  it('a template can be rolled back', async () => {
    const { version } = await head('templates', 'report')
    const rolled = await run('registry', 'rollback', 'templates', 'report', '--to', '1', '--reason', 'worse')
    expect(rolled.json.data.result.outcomes).toMatchObject([{ id: 'report', version: version + 1 }])
  })

  let planId: string

  it('instantiate makes a plan with every agent locked, parameters filled in and outputs left for the run', async () => {
    const { exit, json } = await instantiate('--idempotency-key', 'ticket-1')
    expect({ exit, diagnostics: json.diagnostics }).toEqual({ exit: 0, diagnostics: [] })
    planId = json.data.planId
    expect(json.data).toMatchObject({
      replayed: false,
      template: { id: 'report' },
      agents: [{ agentId: 'reader' }, { agentId: 'writer' }],
      steps: [
        {
          id: 'read',
          agentId: 'reader',
          prompt: { $parts: ['Read about tides with ', { secret: 'token' }, '.'] },
          inputs: { depth: 1 },
        },
        { id: 'write', prompt: { $parts: ['Write about ', { step: 'read', output: 'notes' }, '.'] } },
      ],
      rollback: [{ step: 'write', agentId: 'writer' }],
      secrets: ['token'],
      parameters: { topic: 'tides', depth: 1 },
    })
    for (const one of json.data.agents) expect(one.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('instantiate gives the same plan again for the same key, and refuses another request under it', async () => {
    const again = await instantiate('--idempotency-key', 'ticket-1')
    expect(again.json.data).toMatchObject({ planId, replayed: true })
    const other = await instantiate('--idempotency-key', 'ticket-1', '--param', 'depth=2')
    expect(refusalOf(other)).toEqual({ exit: 4, code: 'IDEMPOTENCY_MISMATCH' })
  })

  it('a plan keeps its versions when the template and its agents change', async () => {
    const before = (await instantiate('--idempotency-key', 'ticket-1')).json.data
    project.write(agentFiles('reader', { skills: [skill('reading')] }, 'You read slowly.\n')).commit()
    expect((await publish('--unhold')).exit).toBe(0)
    const after = (await instantiate('--idempotency-key', 'ticket-1')).json.data
    expect(after).toEqual(before)
    const fresh = (await instantiate()).json.data
    expect(fresh.agents[0].version).toBeGreaterThan(after.agents[0].version)
  })

  it('instantiate stores nothing in a dry run and for invalid parameters, and names the problem', async () => {
    const stored = () => project.database.query('select plan_id from public.template_instantiations')
    const before = await stored()
    expect((await instantiate('--dry-run')).exit).toBe(0)
    const wrong = await run(
      'templates',
      'instantiate',
      'report',
      '--param',
      'topc=x',
      '--param',
      'depth=deep',
    )
    expect(refusalOf(wrong)).toEqual({ exit: 1, code: 'FINDINGS' })
    const found = wrong.json.diagnostics.map(
      (one: { rule: string; path: string }) => `${one.path} ${one.rule}`,
    )
    expect(found).toEqual(
      expect.arrayContaining(['--param topc NOFX_PARAMETER_UNKNOWN', '--param depth NOFX_PARAMETER_INVALID']),
    )
    const missing = wrong.json.diagnostics.find(
      (one: { rule: string }) => one.rule === 'NOFX_PARAMETER_MISSING',
    )
    expect(missing.hint).toBe('add --param topic=<value>')
    expect(await stored()).toEqual(before)
  })

  it('instantiate stores the value of a secret nowhere', async () => {
    const tables = await project.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
    )
    for (const { name } of tables) {
      const [found] = await project.database.query(
        `select count(*)::int as n from ${name} as t where t::text like '%${TOKEN}%'`,
      )
      expect(found, name).toEqual({ n: 0 })
    }
  })

  it('a plan is drawn in the terminal and for other programs', async () => {
    const draw = async (...words: string[]) =>
      (await project.run('registry', 'show', 'templates', 'report', '--graph', ...words)).stdout
    expect(await draw()).toBe(
      '●  read · skill reading\n●  write · agent writer · reversible · can be rolled back\n',
    )
    expect(await draw('--format', 'mermaid')).toMatch(/^flowchart TD\n/)
    expect(await draw('--format', 'svg')).toMatch(/^<svg [\s\S]+<\/svg>\n$/)
    const agents = await project.run('registry', 'show', 'agents', 'reader', '--graph', '--json')
    expect(refusalOf(agents)).toEqual({ exit: 2, code: 'USAGE' })
  })

  it('a release of both kinds can be undone at once', async () => {
    project.write(agentFiles('reader', { skills: [skill('reading'), skill('more')] }))
    project
      .write(templateFiles('report', { supportedAgents: ['reader', 'writer'], category: 'third' }))
      .commit()
    const before = await Promise.all([head('agents', 'reader'), head('templates', 'report')])
    const { json } = await publish()
    expect(json.data.result.outcomes).toHaveLength(2)
    const undone = await run(
      'registry',
      'rollback',
      '--release',
      json.data.result.releaseId,
      '--reason',
      'both bad',
    )
    expect(undone.exit).toBe(0)
    const after = await Promise.all([head('agents', 'reader'), head('templates', 'report')])
    expect(after.map(({ liveDigest }) => liveDigest)).toEqual(before.map(({ liveDigest }) => liveDigest))
  })
})
