import type { Finding } from '../../contract/diagnostic.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { guessDraft, guessLoose } from '../guesses.ts'
import { isBelow, looksLikeAgent, strayInAgents } from '../sources/claude-files.ts'
import {
  type Foreign,
  type ForeignFile,
  type Guess,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'
import { type FrontMatter, readFrontMatter } from '../sources/front-matter.ts'
import { type ClaudeAgentIdentity, readIdentity } from './identity.ts'
import { findSkills } from './loaded-skills.ts'
import { readModel } from './model.ts'
import { readPowers } from './powers.ts'
import { isRestricting } from './restrictions.ts'
import { readSkills } from './skills.ts'
import { toolNames } from './tool-list.ts'
import { escapeVariables } from './variables.ts'

const PROMPT = 'prompts/system.md'
/** Fields that become fields of the manifest. `tools` is stored as well, because permissions are less exact. */
const MAPPED = new Set(['name', 'description', 'model'])

const MODEL_LIST: Guess = {
  field: 'model',
  what: 'no model',
  why: 'the source lists several: the list is kept in metadata.import',
}

/** Agents as Claude Code keeps them: Markdown with YAML front matter, most of it below folders named `agents`. */
export const claudeAgents = {
  id: 'claude',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.md',
  usesPlugin: true,
  matches: (path) => isBelow('agents', path),
  recognises: (text, path) => looksLikeAgent(text) && !isBelow('commands', path),
  stray: strayInAgents,
  read: readAgent,
} satisfies ImportFormat

type AgentOptions = Pick<ReadOptions, 'owner' | 'plugin' | 'prefix' | 'id'> &
  Partial<Pick<ReadOptions, 'isLive'>>

async function readAgent(file: ForeignFile, options: AgentOptions): Promise<Foreign> {
  const matter = await readFrontMatter(file, [], isRestricting)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const identity = readIdentity(file.path, matter, options)
  const findings = [...('rule' in identity ? [identity] : []), ...wrongTypes(file.path, matter)]
  if (findings.length > 0 || 'rule' in identity) return { ok: false, findings }
  const { id } = identity
  const parts = assemble(identity, matter, options)
  return {
    ok: true,
    definition: {
      id,
      manifest: parts.manifest,
      files: { [PROMPT]: parts.prompt },
      unmapped: keep(matter.data, identity.rest),
      guesses: [...guessLoose(matter.loose), ...identity.guesses, ...parts.guesses],
    },
  }
}

function wrongTypes(path: string, matter: FrontMatter): Finding[] {
  const refuse = (key: string, message: string, hint: string): Finding =>
    importFinding('NOFX_IMPORT_FIELD', { file: path, offset: matter.findOffset(key) }, message, hint)
  const { model, tools } = matter.data
  const isModel = model === undefined || model === null || typeof model === 'string' || Array.isArray(model)
  return [
    ...(isModel
      ? []
      : [refuse('model', 'model is neither text nor a list', 'write "inherit" or a model’s name')]),
    ...(tools === undefined || toolNames(tools)
      ? []
      : [
          refuse(
            'tools',
            'tools is neither text nor a list of names nor a map of rules',
            'write them with commas',
          ),
        ]),
  ]
}

function assemble(
  identity: ClaudeAgentIdentity,
  { data, body, loose }: FrontMatter,
  options: AgentOptions,
): { manifest: JsonObject; prompt: string; guesses: Guess[] } {
  const { id, name, description } = identity
  const { owner } = options
  const { model, guesses: modelGuesses } = Array.isArray(data.model)
    ? { model: undefined, guesses: [MODEL_LIST] }
    : readModel(typeof data.model === 'string' ? data.model.trim() : undefined)
  const { skills, guesses: skillGuesses } = readSkills(body, { id, name, description })
  const powers = readPowers(data, loose)
  const loaded = findSkills(data.skills, options)
  const isOpen = ({ field }: Guess) => !(loaded.isWhole && field === 'skills')
  const { prompt, guesses: variableGuesses } = escapeVariables(body)
  const manifest: JsonObject = {
    agentId: id,
    name,
    description,
    ...(owner === undefined ? { status: 'draft' } : { owner }),
    skills,
    ...(model ? { model } : {}),
    prompts: { system: PROMPT },
    ...(loaded.ids.length > 0 ? { dependencies: { skills: loaded.ids } } : {}),
    ...powers.fields,
  }
  return {
    manifest,
    prompt,
    guesses: [
      ...guessDraft(owner),
      ...modelGuesses,
      ...powers.guesses.filter(isOpen),
      ...loaded.guesses,
      ...skillGuesses,
      ...variableGuesses,
    ],
  }
}

/** What has no field in a manifest, as it was written. */
function keep(data: JsonObject, descriptionRest: string): JsonObject {
  const unmapped = Object.entries(data).filter(([key, value]) => !MAPPED.has(key) || Array.isArray(value))
  return { ...Object.fromEntries(unmapped), ...(descriptionRest === '' ? {} : { descriptionRest }) }
}
