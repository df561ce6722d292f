import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claudeAgents } from '../../../src/import/claude-agents/claude-agents.ts'
import { claudeCommands } from '../../../src/import/claude-templates/claude-commands.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import { mergeImportReports, type TreeImportReport } from '../../../src/import/import-report.ts'
import type { TemplateManifest } from '../../../src/plugins/templates/manifest/schema.ts'
import { filesIn, tempFolder, writeFiles } from '../support/temp-folder.ts'
import { call } from './support/set-up.ts'

const owner = 'team@example.com'
const AGENT = '---\nname: reader\ndescription: Reads.\n---\nYou read.\n'
const COMMAND = `---
description: Looks at code.
argument-hint: <path> [--strict]
allowed-tools: Read, Bash(git log:*)
---

# Look at Code

## Step 1: Read

${call('reader', 'Read $ARGUMENTS.')}
Save the agent's output to \`.look/01-notes.md\`.
`
const GENERAL = '{"agentId":"general-purpose"}'

type Options = Parameters<typeof importTree>[2]

/** A plugin with an agent and a command, and an import of both. */
function setUp(files: Record<string, string> = {}) {
  const base = tempFolder()
  const [from, root] = [join(base, 'from'), join(base, 'tree')]
  writeFiles(from, { 'looking/agents/reader.md': AGENT, 'looking/commands/look.md': COMMAND, ...files })
  const run = async (options: Partial<Options> = {}): Promise<TreeImportReport> =>
    mergeImportReports(
      root,
      await importTree([claudeAgents, claudeCommands], root, { from, owner, ...options }),
    )
  const manifest = (id: string) =>
    JSON.parse(readFileSync(join(root, 'templates', id, 'template.json'), 'utf8')) as TemplateManifest
  return { from, root, run, manifest }
}

const rows = ({ imported, unchanged, skipped, failed }: TreeImportReport) =>
  [imported, unchanged, skipped]
    .map((list) => list.map(({ kind, id }) => `${kind}/${id}`))
    .concat([failed.map(({ kind, source }) => `${kind} ${source}`)])

describe('a plugin', () => {
  test('becomes agents and templates, in one run and one report', async () => {
    const { root, run, manifest } = setUp()
    const report = await run()
    expect(rows(report)).toEqual([['agents/reader', 'templates/look'], [], [], []])
    expect(Object.keys(filesIn(root))).toEqual([
      '.import/agents/reader.json',
      '.import/templates/look.json',
      'agents/reader/agent.json',
      'agents/reader/prompts/system.md',
      'templates/look/docs.md',
      'templates/look/prompts/read.md',
      'templates/look/template.json',
    ])
    expect(manifest('look')).toEqual({
      templateId: 'look',
      name: 'Look at Code',
      description: 'Looks at code.',
      owner,
      category: 'looking',
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string', title: 'Path' },
          strict: { type: 'boolean', title: 'Strict' },
        },
        required: ['path'],
        additionalProperties: false,
      },
      defaultPlan: {
        steps: [
          {
            id: 'read',
            name: 'Read',
            agentId: 'reader',
            prompt: 'prompts/read.md',
            inputs: { strict: '{{parameters.strict}}' },
          },
        ],
      },
      expectedOutputs: [{ id: 'notes', type: 'file', fromStep: 'read', path: '.look/01-notes.md' }],
      rollbackAdvice: expect.stringContaining('no step that deploys'),
      supportedAgents: ['reader'],
      metadata: {
        import: {
          format: 'claude',
          source: 'looking/commands/look.md',
          sourceSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          outputSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          kept: { 'allowed-tools': 'Read, Bash(git log:*)' },
        },
      },
    })
    expect(filesIn(root)['templates/look/docs.md']).toBe(COMMAND.slice(COMMAND.indexOf('\n# Look')))
  })

  test('changes nothing when it is imported again', async () => {
    const { root, run } = setUp()
    await run()
    const before = filesIn(root)
    expect(rows(await run())).toEqual([[], ['agents/reader', 'templates/look'], [], []])
    expect(filesIn(root)).toEqual(before)
  })

  test('changes nothing when it is imported from another starting folder', async () => {
    const { from, root, run } = setUp({
      'peeking/commands/look.md': COMMAND,
      'peeking/commands/peek.md': COMMAND,
    })
    await run()
    const before = filesIn(root)
    for (const start of ['peeking', 'peeking/commands', 'peeking/commands/look.md']) {
      const report = await run({ from: join(from, start) })
      expect([report.imported, report.skipped, report.failed]).toEqual([[], [], []])
    }
    expect(filesIn(root)).toEqual(before)
  })

  test('gives the same verdict in a dry run, and writes nothing', async () => {
    const { root, run } = setUp()
    const dry = await run({ dryRun: true })
    expect(existsSync(root)).toBe(false)
    expect({ ...(await run()), dryRun: true }).toEqual(dry)
  })

  test('keeps an edit', async () => {
    const { root, run } = setUp()
    await run()
    writeFileSync(join(root, 'templates/look/prompts/read.md'), 'Mine.\n')
    const report = await run()
    expect(report.unchanged).toMatchObject([{ id: 'reader' }, { id: 'look', edits: ['prompts/read.md'] }])
    expect(filesIn(root)['templates/look/prompts/read.md']).toBe('Mine.\n')
  })

  test('may have commands alone, and a file that is one', async () => {
    const { from, run } = setUp()
    expect(rows(await run({ from: join(from, 'looking/commands') }))[0]).toEqual(['templates/look'])
    writeFiles(from, { 'looking/elsewhere.md': COMMAND })
    expect(rows(await run({ from: join(from, 'looking/elsewhere.md') }))[0]).toEqual(['templates/elsewhere'])
  })

  test('commands may be in folders, and other files are left alone', async () => {
    const { run } = setUp({
      'looking/commands/front/end.md': COMMAND,
      'looking/commands/README.md': '# About',
      'looking/commands/.hidden.md': 'x',
      'looking/commands/notes.txt': 'x',
      'looking/skills/x.md': COMMAND,
    })
    expect(rows(await run())).toEqual([['agents/reader', 'templates/end', 'templates/look'], [], [], []])
  })
})

describe('the name of a command', () => {
  test('has its plugin’s before it where several are called the same, whichever comes first', async () => {
    const { run, manifest } = setUp({
      'peeking/commands/look.md': COMMAND,
      'peeking/commands/peek.md': COMMAND,
    })
    expect(rows(await run())[0]).toEqual([
      'agents/reader',
      'templates/looking-look',
      'templates/peeking-look',
      'templates/peek',
    ])
    expect(manifest('peeking-look')).toMatchObject({ templateId: 'peeking-look', category: 'peeking' })
  })

  test('is not taken for that of another command, which happens to be called after both', async () => {
    const { root, run } = setUp({ 'a/commands/looking-look.md': COMMAND })
    const ids = ['agents/reader', 'templates/looking-look', 'templates/look']
    expect(rows(await run())[0]).toEqual(ids)
    expect(rows(await run())[1]).toEqual(ids)
    writeFiles(root, { 'templates/looking-look/notes.md': 'Mine.' })
    expect(rows(await run())[1]).toEqual(ids)
  })

  test('that two share, plugin and all, is refused for the second', async () => {
    const { run } = setUp({ 'copy/looking/commands/look.md': COMMAND })
    const [failed] = (await run()).failed
    expect(failed?.diagnostics).toMatchObject([{ rule: 'NOFX_IMPORT_DUPLICATE' }])
  })
})

describe('a template is a draft', () => {
  const why = ({ imported }: TreeImportReport, id = 'look') =>
    imported
      .find((row) => row.id === id)
      ?.guesses.filter(({ field }) => field === 'status' || field === 'supportedAgents')
      .map(({ what }) => what)

  test('without an owner', async () => {
    const { run, manifest } = setUp()
    expect(why(await run({ owner: undefined }))).toEqual(['draft', 'none, for reader'])
    expect(manifest('look')).toMatchObject({ status: 'draft' })
  })

  test('while an agent is missing that it names, and no longer once that is there', async () => {
    const work = `${COMMAND}\n## Step 2: Tell\n\nTell the user.\n`
    const { root, run, manifest } = setUp({ 'looking/commands/look.md': work })
    expect(why(await run())).toEqual(['none, for general-purpose'])
    expect(manifest('look')).not.toHaveProperty('supportedAgents')
    writeFiles(root, { 'agents/general-purpose/agent.json': GENERAL })
    expect(rows(await run())[0]).toEqual(['templates/look'])
    expect(manifest('look')).toMatchObject({ supportedAgents: ['reader', 'general-purpose'] })
    expect(manifest('look')).not.toHaveProperty('status')
  })

  test.each([
    ['agent.json', '{"agentId":"general-purpose","status":"draft"}', false],
    ['agent.json', '{"agentId":"general-purpose","status":"disabled"}', false],
    ['agent.json', '{"agentId":"general-purpose","status":"deprecated"}', true],
    ['agent.json', '{', false],
    ['agent.yaml', 'agentId: general-purpose\nstatus: draft\n', false],
    ['agent.yaml', 'agentId: general-purpose\n', true],
    ['notes.md', 'not an agent', false],
  ])('as its agent is: %s %s', async (file, text, isLive) => {
    const { root, run, manifest } = setUp({
      'looking/commands/look.md': `${COMMAND}\n## Step 2: Tell\n\nx\n`,
    })
    writeFiles(root, { [`agents/general-purpose/${file}`]: text })
    await run()
    expect(manifest('look').status).toBe(isLive ? undefined : 'draft')
  })
})

describe('a command that cannot be read', () => {
  test.each([
    ['has no text', '---\ndescription: d\n---\n\n', 'NOFX_IMPORT_FIELD', '2:1 the command has no text'],
    ['says nothing of itself', '# $ARGUMENTS\n\n- a\n', 'NOFX_IMPORT_FIELD', '1:1 description is missing'],
    [
      'has a list for a description',
      '---\ndescription: [a]\n---\nx',
      'NOFX_IMPORT_FIELD',
      '2:14 description is not text',
    ],
    [
      'has no end of its front matter',
      '---\ndescription: d\nx',
      'NOFX_IMPORT_FRONT_MATTER',
      '1:1 the front matter is never closed',
    ],
    [
      'has broken YAML',
      '---\ndescription: d\nhooks: "d\n---\nx',
      'NOFX_IMPORT_FRONT_MATTER',
      'the front matter is not valid YAML',
    ],
  ])('because it %s fails alone', async (_what, text, rule, place) => {
    const { run } = setUp({ 'looking/commands/bad.md': text })
    const report = await run()
    expect(rows(report)[0]).toEqual(['agents/reader', 'templates/look'])
    const [found] = report.failed[0]?.diagnostics ?? []
    expect(found?.rule).toBe(rule)
    expect(`${found?.line}:${found?.column} ${found?.message}`).toContain(place)
  })

  test('has an id of Punycode where its name has no Latin letters, and --id or --prefix choose another', async () => {
    const { run } = setUp({ 'looking/commands/日本.md': COMMAND, 'looking/commands/中文.md': COMMAND })
    const [imported = []] = rows(await run({ dryRun: true }))
    expect(imported.filter((id) => id.startsWith('templates/looking-'))).toHaveLength(2)
    const ids = new Map([['looking/commands/日本.md', 'japan']])
    const [chosen = []] = rows(await run({ ids, prefix: 'acme', dryRun: true }))
    expect(chosen).toEqual(
      expect.arrayContaining(['agents/acme-reader', 'templates/japan', 'templates/acme-look']),
    )
    const report = await run({ prefix: 'acme', dryRun: true })
    expect(report.imported.flatMap(({ guesses }) => guesses.map(({ what }) => what))).not.toContain(
      'none, for reader',
    )
  })

  test.each([
    ['[pr-number] [priority]', { pr_number: 'string', priority: 'string' }],
    ['[message]', { message: 'string' }],
    ['add [id] | remove [id]: all', { arguments: 'string' }],
  ])('a command is imported although its hint is not valid YAML: %s', async (hint, types) => {
    const { run, manifest } = setUp({
      'looking/commands/look.md': COMMAND.replace('<path> [--strict]', hint),
    })
    expect((await run()).failed).toEqual([])
    const properties = manifest('look').parameters?.properties as Record<string, { type: string }>
    expect(Object.fromEntries(Object.entries(properties).map(([name, { type }]) => [name, type]))).toEqual(
      types,
    )
  })
})
