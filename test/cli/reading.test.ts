import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'
import { filesBelow } from './support/project-state.ts'

const AGENTS = 'packages/shared/agents'
const PROMPT = `${AGENTS}/ada/prompts/system.md`
const ASSET = `${AGENTS}/ada/assets/logo.bin`
const BYTES = Uint8Array.from({ length: 300 }, (_, index) => index % 256)
const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })

describe('a registry with a history', () => {
  let project: PostgresProject
  const registry = (...words: string[]) => project.run('registry', ...words, '--json')
  const ids = async (...words: string[]) =>
    (await registry('list', ...words)).json.data.heads.map((head: { id: string }) => head.id)

  beforeAll(async () => {
    const review = { id: 'review', name: 'Review', description: 'Reviews.' }
    project = await PostgresProject.create()
    project.write(agentFiles('ada', { tags: ['math'], skills: [review] }, 'One.\n'))
    project.write(agentFiles('bob', { description: 'Searches far and wide.' })).write({ [ASSET]: BYTES })
    project.write(
      agentFiles('old', {
        status: 'deprecated',
        deprecation: { message: 'use ada', replacedBy: 'ada', sunsetAt: '2030-01-01' },
      }),
    )
    await project.commit().run('registry', 'publish')
    project.write({ [PROMPT]: 'One.\nTwo.\n' }).commit()
    await project.run('registry', 'publish')
  })
  afterAll(() => project.remove())

  it.each<[words: string[], found: string[]]>([
    [[], ['ada', 'bob', 'old']],
    [
      ['agents', '--state', 'active'],
      ['ada', 'bob'],
    ],
    [['--state', 'deprecated'], ['old']],
    [['--state', 'draft'], []],
    [['--tag', 'math'], ['ada']],
    [['--provides', 'review'], ['ada']],
    [['--search', 'FAR and'], ['bob']],
    [['--search', 'the', '--tag', 'math'], ['ada']],
  ])('list shows the registry with %j', async (words, found) => {
    expect(await ids(...words)).toEqual(found)
  })

  it('show prints a definition in its live version, in an old version, and one of its files', async () => {
    expect((await registry('show', 'agents', 'ada')).json.data).toMatchObject({
      head: { version: 2 },
      revision: { version: 2 },
    })
    expect(
      (await registry('show', 'agent', 'ada', '--version', '1')).json.data.revision.texts[
        'prompts/system.md'
      ],
    ).toBe('One.\n')
    const file = await project.run(
      'registry',
      'show',
      'agents',
      'ada',
      '--version',
      '1',
      '--file',
      'prompts/system.md',
    )
    expect(file.stdout).toBe('One.\n')
    const page = (await project.run('registry', 'show', 'agents', 'ada')).stdout
    expect(page).toMatch(
      /^agents\/ada {2}The ada\n[\s\S]*version {3}2 \(live\)[\s\S]*assets\/logo\.bin {2}300/,
    )
  })

  it.each<[words: string[], code: string, says: RegExp]>([
    [['show', 'agents', 'nobody'], 'NOT_FOUND', /agents\/nobody is not in the registry/],
    [['show', 'agents', 'ada', '--version', '9'], 'NOT_FOUND', /has no version 9/],
    [['show', 'agents', 'ada', '--file', 'x.md'], 'NOT_FOUND', /no text file "x\.md"/],
    [['show', 'agents', 'ada', '--file', 'constructor'], 'NOT_FOUND', /no text file "constructor"/],
    [['history', 'agents', 'nobody'], 'NOT_FOUND', /nobody/],
    [['diff', 'agents', 'nobody'], 'NOT_FOUND', /nobody/],
    [['diff', 'agents', 'ada', '--to', '9'], 'NOT_FOUND', /has no version 9/],
    [['pull', 'agents', 'nobody'], 'NOT_FOUND', /nobody/],
    [['pull', 'agents', 'ada', '--version', '9'], 'NOT_FOUND', /version 9/],
    [['rollback', 'agents', 'nobody', '--to', '1', '--reason', 'x'], 'NOT_FOUND', /nobody/],
    [['rollback', 'agents', 'ada', '--to', '9', '--reason', 'x'], 'NOT_FOUND', /9/],
    [['rollback', '--release', 'ffffffff', '--reason', 'x'], 'NOT_FOUND', /ffffffff/],
    [['undelete', 'agents', 'nobody'], 'NOT_FOUND', /nobody/],
    [['disable', 'agents', 'nobody', '--reason', 'x'], 'NOT_FOUND', /nobody/],
    [['enable', 'agents', 'nobody', '--reason', 'x'], 'NOT_FOUND', /nobody/],
  ])('a missing definition, version or file is named: %j', async (words, code, says) => {
    const run = await registry(...words)
    expect(failureOf(run)).toEqual({ exit: 1, code })
    expect(run.json.error.message).toMatch(says)
  })

  it('diff names the missing version when only one exists', async () => {
    expect(failureOf(await registry('rollback', 'agents', 'ada'))).toEqual({
      exit: 2,
      code: 'USAGE',
    })
    expect(failureOf(await registry('pull', 'agents', 'ada', 'bob', '--version', '1'))).toEqual({
      exit: 2,
      code: 'USAGE',
    })
  })

  it('diff compares two versions, and the newest with the working tree', async () => {
    const two = await project.run('registry', 'diff', 'agents', 'ada', '--from', '1', '--to', '2')
    expect(two.stdout).toMatch(/changed prompts\/system\.md[\s\S]*\+Two\./)
    expect((await project.run('registry', 'diff', 'agents', 'ada')).stdout).toMatch(
      /^agents\/ada {2}v\d .* → the working tree\nNo difference\.\n$/,
    )
    project.write(agentFiles('bob', { description: 'Searches.' }))
    expect((await registry('diff', 'agents', 'bob')).json.data.diff.fields).toEqual([
      expect.objectContaining({ path: 'description', after: 'Searches.' }),
    ])
    const status = await project.run('registry', 'status')
    expect(status.stdout).toMatch(/^~ agents\/bob[\s\S]*0 added, 1 changed, 2 unchanged/)
    rmSync(join(project.root, AGENTS, 'bob'), { recursive: true })
    expect(failureOf(await registry('diff', 'agents', 'bob'))).toEqual({ exit: 1, code: 'NOT_FOUND' })
    project.git('checkout', '-q', '.')
  })

  it('releases are listed newest first, as many as requested', async () => {
    const { releases } = (await registry('releases')).json.data
    expect(releases.map((one: { origin: string }) => one.origin)).toEqual(['publish', 'publish'])
    expect((await registry('releases', '--limit', '1')).json.data.releases).toEqual([releases[0]])
  })

  it('pull writes what was published: the same bytes, which validate and change nothing', async () => {
    const { exit, json } = await registry('pull', 'agents', '--to', 'out')
    expect({ exit, states: json.data.pulled.map((one: { state: string }) => one.state) }).toEqual({
      exit: 0,
      states: Array(3).fill('written'),
    })
    expect(filesBelow(join(project.root, 'out/agents'))).toEqual(filesBelow(join(project.root, AGENTS)))
    const again = await registry('pull', 'agents', '--to', 'out')
    expect(again.json.data.pulled.map((one: { state: string }) => one.state)).toEqual(
      Array(3).fill('unchanged'),
    )
    rmSync(join(project.root, AGENTS), { recursive: true })
    expect((await registry('pull', 'agents')).exit).toBe(0)
    expect((await project.run('validate')).exit).toBe(0)
    expect((await registry('status')).json.data).toMatchObject({ plan: { items: [], unchanged: 3 } })
    expect(project.git('status', '--porcelain', AGENTS)).toBe('')
  })

  it('pull overwrites nothing that was edited without --force, and then everything', async () => {
    const edited = join(project.root, 'out/agents/ada/prompts/system.md')
    writeFileSync(edited, 'mine\n')
    const refused = await registry('pull', 'agents', 'bob', 'ada', '--version', '1', '--to', 'out')
    expect(refused.exit).toBe(2)
    rmSync(join(project.root, 'out/agents/bob'), { recursive: true })
    expect(failureOf(await registry('pull', 'agents', 'bob', 'ada', '--to', 'out'))).toEqual({
      exit: 1,
      code: 'REFUSED',
    })
    expect({
      ada: readFileSync(edited, 'utf8'),
      bob: existsSync(join(project.root, 'out/agents/bob')),
    }).toEqual({ ada: 'mine\n', bob: false })
    expect((await registry('pull', 'agents', 'ada', '--version', '1', '--to', 'out', '--force')).exit).toBe(0)
    expect(readFileSync(edited, 'utf8')).toBe('One.\n')
  })

  it('pull follows no link out of the tree', async () => {
    const elsewhere = join(project.root, 'elsewhere')
    project.write({ 'elsewhere/prompts/system.md': 'keep\n' })
    rmSync(join(project.root, 'out/agents/ada'), { recursive: true })
    symlinkSync(elsewhere, join(project.root, 'out/agents/ada'), 'dir')
    await registry('pull', 'agents', 'ada', '--to', 'out', '--force')
    expect(readFileSync(join(elsewhere, 'prompts/system.md'), 'utf8')).toBe('keep\n')
  })
})

describe('verify', () => {
  let project: PostgresProject
  const verify = (...words: string[]) => project.run('registry', 'verify', ...words, '--json')
  const problems = ({ json }: CliRun) =>
    json.data.damaged.map(
      (one: { id: string; version: number; problem: string; repaired: boolean }) =>
        `${one.id} v${one.version} ${one.problem}${one.repaired ? ' repaired' : ''}`,
    )
  const objectOf = async (version: number) => {
    const { json } = await project.run(
      'registry',
      'show',
      'agents',
      'ada',
      '--version',
      String(version),
      '--json',
    )
    return json.data.revision.bundle.path
  }
  const lose = (key: string) => project.database.query('delete from nofx_storage.bytes where key = $1', [key])
  let objects: string[]

  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('ada', {}, 'One.\n')).commit()
    await project.run('registry', 'publish')
    project.write({ [PROMPT]: 'Two.\n' }).commit()
    await project.run('registry', 'publish')
    objects = [await objectOf(1), await objectOf(2)]
  })
  afterAll(() => project.remove())

  it('verify finds nothing when everything is whole', async () => {
    const { stdout } = await project.run('registry', 'verify')
    expect(stdout).toContain('2 bundles checked, 0 damaged; sizes were compared, not hashes')
    const { exit, json } = await verify('--deep')
    expect({ exit, data: json.data }).toEqual({
      exit: 0,
      data: {
        checked: 2,
        compared: 'hash',
        listed: 0,
        damaged: [],
        rows: { revisions: 2, heads: 1, edited: [] },
      },
    })
  })

  it('verify looks at the named definition alone, in either spelling', async () => {
    for (const words of [['agents/ada'], ['agents', 'ada'], ['agents']])
      expect((await verify(...words)).json.data).toMatchObject({
        checked: 2,
        rows: { revisions: 2, heads: 1 },
      })
    expect((await verify('templates')).json.data).toMatchObject({
      checked: 0,
      rows: { revisions: 0, heads: 0 },
    })
    const unknown = await verify('agents/adda')
    expect(failureOf(unknown)).toEqual({ exit: 1, code: 'NOT_FOUND' })
    expect(unknown.json.error.hint).toBe('did you mean: agents/ada')
  })

  it('verify names every object that is lost or changed', async () => {
    const [first = '', second = ''] = objects
    await lose(first)
    await project.database.query(
      `update nofx_storage.bytes
        set body = set_byte(body, length(body) / 2, get_byte(body, length(body) / 2) # 255) where key = $1`,
      [second],
    )
    const deep = await verify('--deep')
    expect(failureOf(deep)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(problems(deep).sort()).toEqual(['ada v1 missing', 'ada v2 changed'])
    const pulled = await project.run('registry', 'pull', 'agents', 'ada', '--to', 'out', '--json')
    expect(failureOf(pulled)).toEqual({ exit: 3, code: 'REMOTE_FAILED' })
    expect(existsSync(join(project.root, 'out/agents/ada'))).toBe(false)
  })

  it('verify --repair restores bundles: one from the working tree, the other from its commit', async () => {
    const plain = await verify()
    expect(problems(plain)).toEqual(['ada v1 missing'])
    // The printed command finds what the plain check found, and what only hashes show.
    const [, ...named] = (await verify('agents/ada')).json.error.hint.split(' nofx ')
    expect(named).toEqual(['registry verify agents/ada --repair'])
    const [, ...command] = plain.json.error.hint.replace('run: ', '').split(' ')
    const repaired = await project.run(...command, '--json')
    expect(problems(repaired).sort()).toEqual(['ada v1 missing repaired', 'ada v2 changed repaired'])
    expect(repaired.exit).toBe(0)
    expect((await verify('--deep')).json.data).toMatchObject({ checked: 2, compared: 'hash', damaged: [] })
    expect(project.git('status', '--porcelain', 'packages')).toBe('')
  })

  it('verify --repair reports content that git no longer has', async () => {
    await lose(objects[0] ?? '')
    rmSync(join(project.root, '.git'), { recursive: true })
    const left = await verify('--deep', '--repair')
    expect(failureOf(left)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(problems(left)).toEqual(['ada v1 missing'])
    expect(left.json.error.hint).toContain('commit')
  })
})
