import type { JsonObject } from '../../contract/kind.ts'
import { guessDraft, guessLoose } from '../guesses.ts'
import { isBelow, looksLikeCommand, strayInCommands } from '../sources/claude-files.ts'
import type { Foreign, ForeignFile, Guess, ImportFormat, ReadOptions } from '../sources/format.ts'
import { type FrontMatter, readFrontMatter } from '../sources/front-matter.ts'
import { readSections } from './body.ts'
import { buildPlan, type ImportedPlan } from './build-plan.ts'
import type { Draft, Outline } from './draft.ts'
import { buildDrafts, MAX_STEPS } from './drafts.ts'
import { rollbackAdvice } from './effects.ts'
import { type ClaudeCommandIdentity, readIdentity } from './identity.ts'
import { readParameters } from './parameters.ts'
import { placeSections } from './placed.ts'

const DOCS = 'docs.md'
const HINT = 'argument-hint'
/** Fields that become fields of the manifest. */
const MAPPED = new Set(['description', HINT])

/** Commands as Claude Code keeps them: Markdown in folders named `commands`, most of it with YAML front matter. */
export const claudeCommands = {
  id: 'claude',
  kind: 'templates',
  manifestFile: 'template.json',
  extension: '.md',
  usesPlugin: false,
  matches: (path) => isBelow('commands', path),
  recognises: (text, path) => looksLikeCommand(text) && !isBelow('agents', path),
  stray: strayInCommands,
  read: readCommand,
} satisfies ImportFormat

async function readCommand(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const matter = /^---[ \t]*\n/.test(file.text) ? await readFrontMatter(file, [HINT]) : withoutFront(file)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const identity = readIdentity(file.path, options, matter)
  if ('rule' in identity) return { ok: false, findings: [identity] }
  const hint = matter.data[HINT]
  const parameters = readParameters(typeof hint === 'string' ? hint : undefined, matter.body)
  const { prefix } = options
  const isLive = Object.assign((id: string) => options.isLive('agents', id), { prefix })
  const outline = buildOutline(matter.body, identity)
  const plan = buildPlan(outline, parameters, isLive)
  const draft = draftReasons(plan, outline, options.owner, isLive)
  return {
    ok: true,
    definition: {
      id: identity.id,
      manifest: buildManifest(identity, parameters.schema, plan, matter.body, options.owner, draft),
      files: { ...plan.prompts, [DOCS]: matter.body },
      unmapped: keep(matter.data, identity.rest),
      guesses: [
        ...guessLoose(matter.loose),
        ...identity.guesses,
        ...draft,
        ...parameters.guesses,
        ...guessNamed(matter.data.arguments),
        ...plan.guesses,
        ...more(plan, outline),
      ],
    },
  }
}

/** Names for arguments, by which newer versions of the original tool fill in `$issue`. */
function guessNamed(names: unknown): Guess[] {
  if (names === undefined || names === null) return []
  const what = JSON.stringify(names).slice(0, 80)
  return [
    {
      field: 'parameters',
      what,
      why: 'arguments that the source reads by these names stay as they are written',
    },
  ]
}

function withoutFront({ text }: ForeignFile): FrontMatter {
  return { data: {}, body: text, loose: [], findOffset: () => 0 }
}

/** The steps of a command that names agents; else one step for all of it. */
function buildOutline(body: string, { id, name }: ClaudeCommandIdentity): Outline & { isWhole: boolean } {
  const sections = placeSections(readSections(body))
  const hasTasks = sections.some(({ tasks }) => tasks.length > 0)
  const outline = hasTasks ? buildDrafts(sections) : undefined
  if (outline && outline.drafts.length <= MAX_STEPS) return { ...outline, isWhole: false }
  const [place] = placeSections([{ level: 0, title: '', parts: [{ text: body }] }])
  const whole = { id, name, prompt: body.trim(), isDescribed: true, files: [], group: 0, approval: false }
  const drafts = place ? [{ ...whole, place: { ...place, tasks: [] }, consolidates: false } as Draft] : []
  return { drafts, notes: [], left: [], isWhole: true }
}

/** Why the template cannot be live yet. */
function draftReasons(
  { agents, effects }: ImportedPlan,
  { isWhole }: { isWhole: boolean },
  owner: string | undefined,
  isLive: (id: string) => boolean,
): Guess[] {
  const missing = agents.filter((id) => !isLive(id))
  const draft = (why: string): Guess => ({ field: 'status', what: 'draft', why, needs: true })
  return [
    ...guessDraft(owner),
    ...(isWhole ? [draft('no agent is named: imported as one step; split it by hand')] : []),
    ...effects.map(({ name }) => ({
      field: 'status',
      what: `draft, for ${name}`,
      why: 'it changes what others see, and nothing undoes it',
      needs: true,
    })),
    ...missing.map((id) => ({
      field: 'supportedAgents',
      what: `none, for ${id}`,
      why: 'that agent is not there or not live: a draft until it is',
      needs: true,
    })),
  ]
}

function buildManifest(
  { id, name, description, category }: ClaudeCommandIdentity,
  parameters: JsonObject | undefined,
  plan: ImportedPlan,
  body: string,
  owner: string | undefined,
  draft: readonly Guess[],
): JsonObject {
  const isComplete = !draft.some(({ field }) => field === 'supportedAgents')
  return {
    templateId: id,
    name,
    description,
    ...(draft.length > 0 && { status: 'draft' }),
    ...(owner !== undefined && { owner }),
    category,
    ...(parameters && { parameters }),
    defaultPlan: { steps: plan.steps },
    expectedOutputs: plan.expectedOutputs,
    rollbackAdvice: rollbackAdvice(body, plan.effects),
    // A list without one of them would be wrong, and a list with all of them would require agents that do not exist.
    ...(isComplete && { supportedAgents: plan.agents }),
    ...(plan.steps.length > 1 && { resourceProfile: 'large' }),
  }
}

function more({ steps }: ImportedPlan, { left }: Outline): Guess[] {
  const profile = { field: 'resourceProfile', what: 'large', why: 'the source limits nothing' }
  const sections = {
    what: left.join(', '),
    why: 'these sections, and what stands around calls of agents, are in docs.md alone',
  }
  return [
    ...(steps.length > 1 ? [profile] : []),
    ...(left.length > 0 ? [{ field: 'defaultPlan', ...sections }] : []),
  ]
}

/** What has no field in a manifest, as it was written. */
function keep(data: JsonObject, descriptionRest: string): JsonObject {
  const unmapped = Object.entries(data).filter(([key]) => !MAPPED.has(key))
  return { ...Object.fromEntries(unmapped), ...(descriptionRest === '' ? {} : { descriptionRest }) }
}
