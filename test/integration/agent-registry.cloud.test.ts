import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestProject } from '../harness/project.ts'

const CORPUS = resolve('../shared/corpus/claude-plugins')
const present = existsSync(CORPUS)
if (!present) console.warn('skipped: the corpus of real agents (../shared/corpus) is not here')

/** An agent of the corpus with a prompt to edit, and one that is left alone. */
const EDITED = 'sql-pro'
const FOLDER = `packages/shared/agents/${EDITED}`
const PROMPT = `${FOLDER}/prompts/system.md`
const server = (url: string) => ({ mcpServers: { docs: { type: 'streamable-http', url } } })

describe.skipIf(!present)('a team’s first days with 202 imported agents, in the embedded cloud', () => {
  let project: TestProject
  beforeAll(() => {
    project = new TestProject({}, { empty: true, resident: true }).commit('empty')
  })
  afterAll(() => project.remove())

  const read = (path: string) => JSON.parse(readFileSync(join(project.root, path), 'utf8'))
  const json = async (...args: string[]) => (await project.run(...args, '--json')).json
  const history = async () => (await json('registry', 'history', 'agents', EDITED)).data.revisions

  it('import reads all 202 agents', async () => {
    const { json: answer, exit } = await project.run(
      'import',
      'claude',
      CORPUS,
      'agents',
      '--owner',
      '@acme/agents',
      '--json',
    )
    expect({ exit, imported: answer.data.imported.length, failed: answer.data.failed }).toEqual({
      exit: 0,
      imported: 202,
      failed: [],
    })
  })

  it('a second import changes nothing', async () => {
    const { data } = await json('import', 'claude', CORPUS, 'agents', '--owner', '@acme/agents')
    expect({ imported: data.imported.length, unchanged: data.unchanged.length }).toEqual({
      imported: 0,
      unchanged: 202,
    })
  })

  it('validate reports warnings and no errors', async () => {
    const { json: answer, exit } = await project.run('validate', 'agents', '--json')
    expect({ exit, ...answer.data }).toMatchObject({ exit: 0, counts: { definitions: 202, errors: 0 } })
  })

  it('publish makes them live', async () => {
    project.write({ [`${FOLDER}/mcp.json`]: server('https://mcp.example.com/sql') })
    project.write({ [`${FOLDER}/agent.json`]: withMcp(read(`${FOLDER}/agent.json`)) }).commit('import')
    const { json: answer, exit } = await project.run('registry', 'publish', '--json')
    const added = answer.data.result.outcomes.filter((row: { outcome: string }) => row.outcome === 'added')
    expect({ exit, added: added.length }).toEqual({ exit: 0, added: 202 })
  })

  it('a second publish changes and writes nothing', async () => {
    const before = await json('registry', 'releases')
    const { json: answer, exit } = await project.run('registry', 'publish', '--json')
    expect({ exit, unchanged: answer.data.plan.unchanged, items: answer.data.plan.items }).toEqual({
      exit: 0,
      unchanged: 202,
      items: [],
    })
    expect(answer.data.result.releaseId).toBeNull()
    expect(await json('registry', 'releases')).toEqual(before)
  })

  it('the plan shows an edited prompt and a moved MCP server, the server among the risks', async () => {
    project.write({
      [PROMPT]: `${readFileSync(join(project.root, PROMPT), 'utf8')}\nAlways explain the plan first.\n`,
      [`${FOLDER}/mcp.json`]: server('https://mcp.example.net/sql'),
    })
    project.commit('teach it manners')
    const dry = await project.run('registry', 'publish', 'agents', '--dry-run', '--exit-code', '--json')
    expect(dry.exit).toBe(10)
    const [item, ...others] = dry.json.data.plan.items
    expect(others).toEqual([])
    expect(item).toMatchObject({ id: EDITED, action: 'change', expectedVersion: 1 })
    const files = new Map<string, { patch?: string; fields?: unknown }>(
      item.diff.files.map((file: { path: string }) => [file.path, file]),
    )
    expect(files.get('prompts/system.md')?.patch).toContain('+Always explain the plan first.')
    expect(JSON.stringify(files.get('mcp.json')?.fields)).toContain('https://mcp.example.net/sql')
    expect(item.risks.some((risk: { message: string }) => risk.message.includes('mcp.example.net'))).toBe(
      true,
    )
    const text = await project.run('registry', 'publish', 'agents', '--dry-run')
    expect(text.stdout).toMatch(
      /^Risks \(\d+\)[\s\S]*mcp\.example\.net[\s\S]*~ agents\/sql-pro[\s\S]*\+Always explain the plan first\./,
    )
    expect((await history()).length).toBe(1)
  })

  it('publish makes the change version 2', async () => {
    const { json: answer, exit } = await project.run('registry', 'publish', '--json')
    const row = answer.data.result.outcomes.find((one: { id: string }) => one.id === EDITED)
    expect({ exit, row }).toMatchObject({ exit: 0, row: { outcome: 'updated', version: 2 } })
  })

  it('rollback restores version 1, after a dry run that writes nothing', async () => {
    const back = ['registry', 'rollback', 'agents', EDITED, '--to', '1', '--reason', 'talks too much']
    const dry = await project.run(...back, '--dry-run', '--json')
    expect({ exit: dry.exit, dryRun: dry.json.data.dryRun }).toEqual({ exit: 0, dryRun: true })
    expect((await history()).length).toBe(2)
    expect((await project.run(...back)).exit).toBe(0)
    const [newest, bad, first] = await history()
    expect(newest).toMatchObject({
      version: 3,
      origin: 'rollback',
      digest: first.digest,
      reason: 'talks too much',
    })
    expect(bad.digest).not.toBe(first.digest)
  })

  it('publish holds the bad content when it comes again', async () => {
    const { exit, stdout } = await project.run('registry', 'publish')
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        new RegExp(`agents/${EDITED} +held: this content was rolled back as version 2 by .*: talks too much`),
      ),
    })
    expect((await history()).length).toBe(3)
  })

  it('publish accepts corrected content', async () => {
    project.write({ [PROMPT]: 'You write good SQL.\n' }).commit('shorter')
    expect((await project.run('registry', 'publish')).exit).toBe(0)
    expect((await history())[0]).toMatchObject({ version: 4, origin: 'publish' })
  })

  it('history is readable by people', async () => {
    const { stdout } = await project.run('registry', 'history', 'agents', EDITED)
    expect(stdout).toMatch(/^VERSION/)
    expect(stdout).toMatch(/\n4\* +active +publish/)
    expect(stdout).toMatch(/\n3 +replaced +rollback to v1.*talks too much/)
  })

  it('rollback undoes a whole release', async () => {
    const sha = project.git('rev-parse', 'HEAD').trim()
    const { exit } = await project.run(
      'registry',
      'rollback',
      '--release',
      sha.slice(0, 10),
      '--reason',
      'undo',
    )
    expect(exit).toBe(0)
    expect((await history())[0]).toMatchObject({ version: 5, origin: 'rollback', reason: 'undo' })
  })

  it('verify proves that every bundle is whole', async () => {
    const { json: answer, exit } = await project.run('registry', 'verify', '--deep', '--json')
    expect({ exit, damaged: answer.data.damaged }).toEqual({ exit: 0, damaged: [] })
    expect(answer.data.checked).toBeGreaterThanOrEqual(204)
  })
})

function withMcp(manifest: { permissions?: object }): object {
  return {
    ...manifest,
    mcp: 'mcp.json',
    permissions: { ...manifest.permissions, network: true, hosts: ['mcp.example.com', 'mcp.example.net'] },
  }
}
