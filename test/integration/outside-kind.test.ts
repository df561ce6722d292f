import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

const PLUGIN = 'nofx-kind-playbooks'
const FOLDER = 'packages/shared/playbooks'

function withPlugin(name: string): Record<string, string | object> {
  return {
    'package.json': { dependencies: { [name]: '*' }, nofx: { plugins: [name] } },
    '.gitignore': 'node_modules\n',
  }
}

describe('a kind from a foreign package', () => {
  let project: PostgresProject
  const json = async (...words: string[]) => {
    const { exit, json: answer, stderr } = await project.run(...words, '--json')
    return { exit, stderr, ...answer }
  }
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(withPlugin(PLUGIN))
    mkdirSync(join(project.root, 'node_modules'))
    symlinkSync(resolve('test/fixtures', PLUGIN), join(project.root, 'node_modules', PLUGIN), 'dir')
    project.write(agentFiles('medic'))
  })
  afterAll(() => project.remove())

  it('nofx new makes a valid definition of a foreign kind', async () => {
    const made = await json('new', 'playbook', 'fire', '--owner', '@acme/oncall')
    expect(made).toMatchObject({
      exit: 0,
      data: { files: ['playbook.json', 'steps/look.md', 'steps/mend.md'] },
    })
    expect(await json('validate')).toMatchObject({
      exit: 0,
      data: { counts: { definitions: 2, errors: 0, warnings: 0 } },
    })
  })

  it('nofx schema prints the JSON Schema of a foreign kind', async () => {
    const { data } = await json('schema', 'playbooks')
    expect(data.schema.properties).toMatchObject({ playbookId: expect.anything(), steps: expect.anything() })
  })

  it('a foreign kind is checked by its own rules and by the shared ones', async () => {
    project.write({
      [`${FOLDER}/fire/playbook.json`]: playbook('fire', [{ id: 'look', agent: 'nobody' }, { id: 'look' }]),
      [`${FOLDER}/fire/steps/mend.md`]: 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz\n',
    })
    const { exit, diagnostics } = await json('validate', 'playbooks')
    const rules = new Set(diagnostics.map((finding: { rule: string }) => finding.rule))
    expect(exit).toBe(1)
    expect(rules).toContain('PLAYBOOK_STEP_DUPLICATE')
    expect([...rules].some((rule) => String(rule).startsWith('NOFX_SECRET'))).toBe(true)
    project.write({
      [`${FOLDER}/fire/playbook.json`]: playbook('fire', [{ id: 'look', agent: 'nobody' }]),
      [`${FOLDER}/fire/steps/mend.md`]: 'x\n',
    })
    expect((await json('validate', 'playbooks')).diagnostics).toContainEqual(
      expect.objectContaining({ rule: 'NOFX_REFERENCE_MISSING', path: `${FOLDER}/fire/playbook.json` }),
    )
  })

  it('a foreign kind is published with the agents it needs as one release, agents first', async () => {
    project
      .write({
        [`${FOLDER}/fire/playbook.json`]: playbook('fire', [{ id: 'look', agent: 'medic' }, { id: 'mend' }]),
        [`${FOLDER}/fire/steps/mend.md`]: 'Put it out.\n',
      })
      .commit()
    const { exit, data } = await json('registry', 'publish')
    expect(exit).toBe(0)
    expect(data.plan.items.map((item: { kind: string }) => item.kind)).toEqual(['agents', 'playbooks'])
    const outcomes = data.result.outcomes.map((row: { kind: string; outcome: string }) => [
      row.kind,
      row.outcome,
    ])
    expect(outcomes).toEqual([
      ['agents', 'added'],
      ['playbooks', 'added'],
    ])
    expect((await json('registry', 'releases')).data.releases).toHaveLength(1)
  })

  it('a foreign kind is listed, shown and compared like any other', async () => {
    const { data } = await json('registry', 'list', 'playbooks')
    expect(data.heads).toMatchObject([{ kind: 'playbooks', id: 'fire', version: 1, state: 'active' }])
    const shown = await project.run('registry', 'show', 'playbook', 'fire', '--file', 'steps/mend.md')
    expect(shown.stdout).toBe('Put it out.\n')
    project.write({ [`${FOLDER}/fire/steps/mend.md`]: 'Put it out, slowly.\n' }).commit()
    const { stdout } = await project.run('registry', 'diff', 'playbooks', 'fire')
    expect(stdout).toContain('+Put it out, slowly.')
  })

  it('a foreign kind is rolled back with the same command', async () => {
    expect((await json('registry', 'publish')).exit).toBe(0)
    expect(
      (await json('registry', 'rollback', 'playbooks', 'fire', '--to', '1', '--reason', 'too slow')).exit,
    ).toBe(0)
    const { data } = await json('registry', 'history', 'playbooks', 'fire')
    expect(data.revisions.map((one: { origin: string }) => one.origin)).toEqual([
      'rollback',
      'publish',
      'publish',
    ])
  })

  it('an agent that a foreign kind requires cannot be removed', async () => {
    project.git('rm', '-qr', 'packages/shared/agents/medic')
    project.commit()
    const before = (await json('registry', 'releases')).data.releases
    const { exit, error } = await json('registry', 'publish', 'agents', '--prune', '--yes')
    expect({ exit, code: error.code }).toEqual({ exit: 1, code: 'REFUSED' })
    expect(error.message).toContain('agents/medic')
    expect(error.message).toContain('playbooks/fire')
    expect((await json('registry', 'releases')).data.releases).toEqual(before)
  })
})

describe('a plugin is found where Node.js finds a package', () => {
  const PLUGIN_FILES = {
    'node_modules/nofx-kind-x/package.json': {
      name: 'nofx-kind-x',
      version: '1.0.0',
      type: 'module',
      oclif: { hooks: { kinds: './kinds.js' } },
    },
    'node_modules/nofx-kind-x/kinds.js': `export { default } from ${JSON.stringify(
      pathToFileURL(resolve('test/fixtures', PLUGIN, 'hooks/kinds.js')).href,
    )}\n`,
  }
  const NOFX = { plugins: ['nofx-kind-x'] }
  it.each<[where: string, cwd: string, files: Record<string, object>]>([
    ['dependencies', '.', { 'package.json': { dependencies: { 'nofx-kind-x': '*' }, nofx: NOFX } }],
    [
      'development dependencies',
      '.',
      { 'package.json': { devDependencies: { 'nofx-kind-x': '*' }, nofx: NOFX } },
    ],
    ['peer dependencies', '.', { 'package.json': { peerDependencies: { 'nofx-kind-x': '*' }, nofx: NOFX } }],
    [
      'the workspace above',
      'apps/registry',
      {
        'package.json': { workspaces: ['apps/*'], devDependencies: { 'nofx-kind-x': '*' } },
        'apps/registry/package.json': { name: 'registry', nofx: NOFX },
      },
    ],
  ])('%s', async (_where, cwd, files) => {
    const project = new TestProject({}, { resident: true })
    project.write(PLUGIN_FILES).write(files)
    const { exit, json } = await project.runWith({ cwd }, 'schema', 'playbooks', '--json')
    expect({ exit, title: json.data?.schema.title }).toEqual({
      exit: 0,
      title: 'NOFX playbook (playbook.json)',
    })
    project.remove()
  })
})

describe('a broken plugin', () => {
  const kind = `{ id: 'things', singular: 'thing', manifestFile: 'thing.json', idField: 'thingId', schema: { _zod: {} }, rules: {},
    limits: {}, check() {}, promptsOf() {}, filesOf() {}, describe() {}, risks() {}, references() {}, scaffold() {} }`
  it.each<[what: string, source: string | undefined, says: RegExp]>([
    ['is not installed', undefined, /the plugin nofx-kind-x was not found/],
    ['cannot be imported', "import 'no-such-package'", /nofx-kind-x cannot be loaded: .*no-such-package/],
    ['has a syntax error', 'export default {{', /nofx-kind-x cannot be loaded/],
    [
      'throws',
      "export default () => { throw new Error('no luck') }",
      /nofx-kind-x cannot be loaded: no luck/,
    ],
    ['has no hook', 'no hook', /nofx-kind-x has no "kinds" hook/],
    ['answers with nothing', 'export default () => undefined', /nofx-kind-x provides no registry kind/],
    ['answers with a word', "export default () => 'things'", /nofx-kind-x provides no registry kind/],
    ['answers with half a kind', `export default () => [{ id: 'things' }]`, /"singular" is missing or wrong/],
    ['has an invalid id', `export default () => [{ ...${kind}, id: '../x' }]`, /"id" is missing or wrong/],
    [
      'has the id of a kind of NOFX',
      `export default () => [{ ...${kind}, id: 'agents' }]`,
      /"agents" is defined by two/,
    ],
    ['repeats an id', `export default () => [${kind}, ${kind}]`, /"things" is defined by two/],
    ['depends on itself', `export default () => [{ ...${kind}, after: ['things'] }]`, /depend on each other/],
  ])('a plugin that %s stops every command with CONFIG', async (_what, source, says) => {
    const project = new TestProject({}, { resident: true })
    project.write(withPlugin('nofx-kind-x')).write(agentFiles('one'))
    if (source !== undefined)
      project.write({
        'node_modules/nofx-kind-x/package.json': {
          name: 'nofx-kind-x',
          version: '1.0.0',
          type: 'module',
          oclif: { hooks: source === 'no hook' ? {} : { kinds: './kinds.js' } },
        },
        'node_modules/nofx-kind-x/kinds.js': `${source}\n`,
      })
    const { exit, stderr } = await project.run('validate')
    expect(stderr).toMatch(/^error CONFIG .+\n {2}hint: .+\n$/)
    expect({ exit, says: says.test(stderr) ? says : stderr }).toEqual({ exit: 2, says })
    project.remove()
  })

  /** A plugin whose kind is right but for these members. */
  const faulty = (members: string) => ({
    'node_modules/nofx-kind-x/package.json': {
      name: 'nofx-kind-x',
      version: '1.0.0',
      type: 'module',
      oclif: { hooks: { kinds: './kinds.js' } },
    },
    'node_modules/nofx-kind-x/kinds.js': `export default () => [{
      id: 'evals', singular: 'eval', manifestFile: 'eval.json', idField: 'evalId',
      schema: z.strictObject({ evalId: z.string() }).check(() => { ${/^schema/.test(members) ? "throw new Error('boom')" : ''} }),
      rules: { EVAL_RULE: { severity: 'warning', summary: 'A rule.' } },
      limits: { manifestBytes: 9999, textBytes: 9999, assetBytes: 9999, files: 9, depth: 9 },
      check: () => [], references: () => [],
      describe: () => ({ name: 'E', summary: '', status: 'active', tags: [], provides: [], facts: {} }),
      ${/^schema/.test(members) ? '' : members}
    }]
    import * as z from ${JSON.stringify(pathToFileURL(resolve('node_modules/zod/index.js')).href)}
    `,
    'packages/shared/evals/e1/eval.json': { evalId: 'e1' },
  })
  const boom = (name: string) => `${name}() { throw new Error('boom\\nand more') }`
  const finding = (more: string) =>
    `check: () => [{ rule: 'EVAL_RULE', severity: 'warning', file: 'eval.json', message: 'm', hint: 'h', ${more} }]`

  it.each<[members: string, says: string]>([
    [boom('check'), 'failed in `check` of evals/e1: boom'],
    [boom('describe'), 'failed in `describe` of evals/e1: boom'],
    [boom('references'), 'failed in `references` of evals/e1: boom'],
    [boom('demands'), 'failed in `demands` of evals/e1: boom'],
    [boom('promptsOf'), 'failed in `promptsOf` of evals/e1: boom'],
    [boom('filesOf'), 'failed in `filesOf` of evals/e1: boom'],
    [boom('risks'), 'failed in `risks` of evals/e1: boom'],
    [boom('normalize'), 'failed in `normalize` of evals/e1: boom'],
    ['schema', 'failed in `schema` of evals: boom'],
    ['check: () => { throw null }', 'failed in `check` of evals/e1: null'],
    ['check: () => undefined', 'failed in `check` of evals/e1: it returns no list of findings'],
    [
      finding("rule: 'EVAL_OTHER'"),
      `failed in \`check\` of evals/e1: the rule "EVAL_OTHER" is not in the kind's "rules"`,
    ],
    [finding('hint: undefined'), 'failed in `check` of evals/e1: a finding has no "hint"'],
    [finding("severity: 'bad'"), 'failed in `check` of evals/e1: a finding has no "severity"'],
  ])('a plugin with %s is blamed by name', async (members, says) => {
    const project = new TestProject({}, { resident: true })
    project.write(withPlugin('nofx-kind-x')).write(agentFiles('one')).write(faulty(members)).commit()
    // Only a plan describes definitions and their risks; it opens a registry, which takes longer.
    const command = /^(describe|risks)/.test(members) ? ['registry', 'publish', '--dry-run'] : ['validate']
    const { exit, stderr } = await project.run(...command)
    expect(stderr).toContain(
      `error CONFIG plugin nofx-kind-x ${says}\n  hint: report it to the plugin's author\n`,
    )
    expect(exit).toBe(2)
    project.remove()
  })

  it('a kind without the members that may be left out is published, and nofx new explains itself', async () => {
    const project = new TestProject({}, { resident: true })
    project.write(withPlugin('nofx-kind-x')).write(agentFiles('one')).write(faulty('')).commit()
    const { json } = await project.run('registry', 'publish', '--dry-run', '--json')
    expect(json.data.plan.items).toMatchObject([{ kind: 'agents' }, { kind: 'evals', id: 'e1' }])
    const { exit, stderr } = await project.run('new', 'eval', 'e2', '--owner', '@acme')
    expect(stderr).toBe(
      'error USAGE the kind evals makes no new definitions\n  hint: write evals/e2/eval.json by hand; its schema is: nofx schema evals\n',
    )
    expect(exit).toBe(2)
    project.remove()
  })

  it.each([{ plugins: 'x' }, { plugins: [1] }, { plugins: null }, { definitions: 7 }, 'x', null])(
    'a package.json with "nofx": %j is refused',
    async (nofx) => {
      const project = new TestProject({}, { resident: true })
      project.write({ 'package.json': { nofx } }).write(agentFiles('one'))
      const { exit, json } = await project.run('validate', '--json')
      expect({ exit, code: json.error?.code }).toEqual({ exit: 2, code: 'CONFIG' })
      project.remove()
    },
  )
})

function playbook(id: string, steps: { id: string; agent?: string }[]): object {
  const full = steps.map((step) => ({ title: 'A step', file: `steps/${step.id}.md`, ...step }))
  return { playbookId: id, name: 'Fire', summary: 'It burns.', owner: '@acme/oncall', steps: full }
}
