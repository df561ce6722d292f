import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/contract/diagnostic.ts'
import { SILENT } from '../../src/core/progress.ts'
import { validate } from '../../src/core/validate/validate.ts'
import { claudeAgents } from '../../src/import/claude-agents/claude-agents.ts'
import { claudeCommands } from '../../src/import/claude-templates/claude-commands.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { mergeImportReports, type TreeImportReport } from '../../src/import/import-report.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import type { TemplateManifest } from '../../src/plugins/templates/manifest/schema.ts'
import { filesIn, tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const CORPUS = '../shared/corpus/claude-plugins'
const absent = !existsSync(CORPUS)
if (absent) console.log(`skipped: ${CORPUS} is not here, so no real commands are imported`)

/**
 * For each of the 26: its steps, the steps without a named agent, the steps that wait for a person, and the steps whose
 * effects cannot be undone. A star marks templates that are live at once.
 */
const WORKFLOWS: Record<string, [steps: number, own: number, approvals: number, effects: number]> = {
  'c4-architecture': [9, 4, 0, 0],
  'data-driven-feature': [18, 1, 4, 0],
  'debugging-toolkit-smart-debug': [10, 9, 0, 0],
  'error-diagnostics-smart-debug': [10, 9, 0, 0],
  'feature-development': [10, 2, 2, 0],
  finetune: [7, 0, 6, 0],
  'full-review': [14, 6, 4, 0],
  'full-stack-feature': [12, 2, 2, 0],
  'git-workflow': [11, 3, 6, 2],
  'incident-response': [14, 1, 3, 2],
  'legacy-modernize': [13, 0, 4, 0],
  'ml-pipeline': [7, 0, 0, 0],
  'multi-platform': [10, 0, 5, 0],
  'performance-optimization': [13, 0, 4, 0],
  'promote-checkpoint': [2, 0, 1, 0],
  'security-hardening': [13, 0, 3, 1],
  'smart-fix': [11, 1, 5, 0],
  'spark-preflight': [1, 0, 0, 0],
  'tdd-cycle': [12, 0, 4, 0],
  'tdd-green': [1, 0, 0, 0],
  'tdd-red': [1, 0, 0, 0],
  'tdd-refactor': [1, 0, 0, 0],
  'team-debug': [6, 5, 0, 0],
  'team-feature': [7, 6, 1, 0],
  'team-review': [5, 4, 0, 0],
  'team-spawn': [1, 1, 0, 0],
}

const LIVE = ['finetune', 'ml-pipeline', 'promote-checkpoint', 'spark-preflight', 'tdd-refactor']

async function importCorpus(root: string): Promise<TreeImportReport> {
  const options = { from: CORPUS, owner: 'team@example.com' }
  return mergeImportReports(root, await importTree([claudeAgents, claudeCommands], root, options))
}

async function findings(root: string): Promise<Diagnostic[]> {
  const tree = { root, shownPath: 'tree', kinds: [agents, templates] }
  return (await validate(tree, { askRegistry: async () => 'missing' }, SILENT)).diagnostics
}

function manifestsIn(root: string): TemplateManifest[] {
  return readdirSync(join(root, 'templates')).map((id) =>
    JSON.parse(readFileSync(join(root, 'templates', id, 'template.json'), 'utf8')),
  )
}

const stepsOf = ({ defaultPlan }: TemplateManifest) =>
  (defaultPlan as Exclude<NonNullable<TemplateManifest['defaultPlan']>, string>).steps

/** How many templates, or steps of them, had a guessed field, by reason. */
function guessed({ imported }: TreeImportReport, field: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { guesses, kind } of imported)
    for (const guess of guesses)
      if (kind === 'templates' && guess.field === field) counts[guess.why] = (counts[guess.why] ?? 0) + 1
  return counts
}

describe.skipIf(absent)('the import of 26 workflows', () => {
  let root: string
  let report: TreeImportReport
  let manifests: TemplateManifest[]
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nofx-'))
    report = await importCorpus(root)
    manifests = manifestsIn(root)
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('import reads all workflows after the 202 agents, and a second import changes nothing', async () => {
    const kinds = report.imported.map(({ kind }) => kind)
    expect([kinds.indexOf('templates'), kinds.length]).toEqual([202, 228])
    expect([report.skipped, report.failed]).toEqual([[], []])
    const before = filesIn(root)
    const again = await importCorpus(root)
    expect([again.imported, again.unchanged.length]).toEqual([[], 228])
    expect(filesIn(root)).toEqual(before)
  })

  test('imported workflows have the steps of their sources, with approvals where a person decides', () => {
    const own = new Map(
      report.imported.map(({ id, guesses }) => [
        id,
        guesses.filter(({ why }) => why.includes('the command does it itself')).length,
      ]),
    )
    const counted = manifests.map((manifest) => {
      const steps = stepsOf(manifest)
      const approvals = steps.filter(({ approval }) => approval === 'manual').length
      const effects = steps.filter(({ sideEffects }) => sideEffects === 'irreversible').length
      return [manifest.templateId, [steps.length, own.get(manifest.templateId), approvals, effects]]
    })
    expect(Object.fromEntries(counted)).toEqual(WORKFLOWS)
  })

  test('imported workflows have a step with the agent for every call of an agent', () => {
    for (const { id, source } of report.imported.filter(({ kind }) => kind === 'templates')) {
      const text = readFileSync(join(CORPUS, source), 'utf8')
      const called = [...text.matchAll(/^ *subagent_type: "?([a-z0-9-]+)"?$/gm)].map((match) => match[1])
      const manifest = manifests.find(({ templateId }) => templateId === id) as TemplateManifest
      const own = WORKFLOWS[id]?.[1] ?? 0
      const named = stepsOf(manifest).map(({ agentId }) => agentId as string)
      if (called.length > 0) expect([id, count(named)]).toEqual([id, count([...called, ...general(own)])])
    }
  })

  test('imported workflows are live where their agents are, and otherwise drafts with a reported reason', () => {
    const live = manifests.filter(({ status }) => status === undefined)
    expect(live.map(({ templateId }) => templateId)).toEqual(LIVE)
    const known = new Set(readdirSync(join(root, 'agents')))
    for (const { supportedAgents } of live)
      expect(supportedAgents?.filter((agent) => !known.has(agent as string))).toEqual([])
    expect(guessed(report, 'supportedAgents')).toEqual({
      'that agent is not there or not live: a draft until it is': 21,
    })
    expect(guessed(report, 'status')).toEqual({
      'no agent is named: imported as one step; split it by hand': 1,
      'it changes what others see, and nothing undoes it': 5,
    })
  })

  test('imported workflows are live but for 4 once every agent exists', async () => {
    const other = join(tempFolder(), 'shared')
    const agent = { agentId: 'general-purpose', name: 'General', description: 'Does it.', owner: '@me' }
    const skills = [{ id: 'work', name: 'Work', description: 'Does it.' }]
    writeFiles(other, { 'agents/general-purpose/agent.json': JSON.stringify({ ...agent, skills }) })
    await importCorpus(other)
    const drafts = manifestsIn(other).filter(({ status }) => status === 'draft')
    expect(drafts.map(({ templateId }) => templateId)).toEqual([
      'git-workflow',
      'incident-response',
      'security-hardening',
      'team-spawn',
    ])
    expect((await findings(other)).filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('imported workflows and their agents break no rule', async () => {
    const found = await findings(root)
    expect(count(found.map(({ kind, severity, rule }) => `${kind} ${severity} ${rule}`))).toEqual({})
  })

  test('the import reports these guesses, and these parts without a mapping', () => {
    expect(guessed(report, 'templateId')).toEqual({ 'several commands have the same name': 2 })
    expect(guessed(report, 'parameters')).toEqual({
      'the source uses its arguments and has no hint for them': 4,
    })
    expect(guessed(report, 'defaultPlan.steps.agentId')).toEqual({
      'no agent is named for it, the command does it itself: given to general-purpose': 54,
      'the plugin’s name is not part of an agent’s id': 7,
    })
    expect(guessed(report, 'defaultPlan.steps.prompt')).toEqual({
      'the source has no prompt for its agent: the section’s text became one': 5,
      'it asks for a part of files that steps made: they are inputs': 9,
      'it asks for the command’s own state: what is known of it are the parameters': 2,
    })
    expect(guessed(report, 'defaultPlan.steps.when')).toEqual({
      'the source skips it sometimes, and no flag decides when: it always runs': 10,
    })
    expect(guessed(report, 'defaultPlan.steps')).toEqual({
      'the source runs this once for each item: a plan has no loops': 8,
    })
    expect(guessed(report, 'defaultPlan.steps.approval')).toEqual({
      'no step comes after it that could wait for a person': 2,
    })
  })

  test('imported steps read the outputs of earlier steps, wherever their sources insert them', () => {
    const sources = report.imported
      .filter(({ kind }) => kind === 'templates')
      .map(({ source }) => readFileSync(join(CORPUS, source), 'utf8'))
      .join('\n')
    const prompts = Object.entries(filesIn(join(root, 'templates')))
      .filter(([path]) => path.includes('/prompts/'))
      .map(([, text]) => text)
      .join('\n')
    const matches = (text: string, pattern: RegExp) => text.match(pattern) ?? []
    const files = matches(sources, /\[Insert (?:full )?contents of \.[^*\]]*\]/g)
    const answers = matches(sources, /\{phase\d[^}]*\.output\}/g)
    expect([files.length, answers.length]).toEqual([235, 22])
    // Five ask for all files of a pattern: of 12, 4, 11, 7 and 9 steps before them.
    expect(matches(sources, /\[Insert contents of all [^\]]*\]/g)).toHaveLength(5)
    expect(matches(prompts, /\{\{steps\.[^}]*\}\}/g)).toHaveLength(235 + 22 + 43)
    // The remaining placeholders ask for parts and summaries, or for the command's own state.
    expect(matches(prompts, /\[Insert[^\]]*\]|\{phase[^}]*\}/g)).toHaveLength(11)
    expect(matches(prompts, /\$(?:ARGUMENTS|FEATURE|TARGET|ISSUE|INCIDENT)\b/g)).toEqual([])
  })
})

function count(words: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word ?? ''] = (counts[word ?? ''] ?? 0) + 1
  return counts
}

/** Steps without a named agent, which `general-purpose` does. */
const general = (times: number) => Array.from({ length: times }, () => 'general-purpose')
