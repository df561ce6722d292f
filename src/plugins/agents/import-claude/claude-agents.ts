import type { Finding } from '../../../core/diagnostic.ts'
import { isBelow, looksLikeCommand } from '../../../core/import/claude-files.ts'
import {
  type Foreign,
  type ForeignFile,
  type Guess,
  type ImportFormat,
  importFinding,
} from '../../../core/import/format.ts'
import { type FrontMatter, readFrontMatter } from '../../../core/import/front-matter.ts'
import { guessDraft, guessLoose } from '../../../core/import/guesses.ts'
import type { JsonObject } from '../../../core/kind.ts'
import { type ClaudeIdentity, identityOf } from './identity.ts'
import { modelOf } from './model.ts'
import { grantsFor, toolNames } from './permissions.ts'
import { skillsOf } from './skills.ts'
import { variablesOf } from './variables.ts'

const PROMPT = 'prompts/system.md'
/** Fields that have a place of their own; `tools` is kept as well, because permissions say less. */
const MAPPED = new Set(['name', 'description', 'model'])

/** Agents as Claude Code keeps them: Markdown with YAML front matter in folders named `agents`. */
export const claudeAgents = {
  id: 'claude',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.md',
  matches: (path) => isBelow('agents', path, false),
  recognises: (text) => /^---[ \t]*\n/.test(text) && !looksLikeCommand(text),
  read: readAgent,
} satisfies ImportFormat

async function readAgent(file: ForeignFile, options: { owner?: string }): Promise<Foreign> {
  const matter = await readFrontMatter(file)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const identity = identityOf(file.path, matter)
  const findings = [...('rule' in identity ? [identity] : []), ...wrongTypes(file.path, matter)]
  if (findings.length > 0 || 'rule' in identity) return { ok: false, findings }
  const { id } = identity
  const parts = assemble(identity, matter, options.owner)
  return {
    ok: true,
    definition: {
      id,
      manifest: parts.manifest,
      files: { [PROMPT]: matter.body },
      kept: keep(matter.data, identity.rest),
      guesses: [...guessLoose(matter.loose), ...identity.guesses, ...parts.guesses],
    },
  }
}

function wrongTypes(path: string, matter: FrontMatter): Finding[] {
  const refuse = (key: string, message: string, hint: string): Finding =>
    importFinding('NOFX_IMPORT_FIELD', { file: path, offset: matter.offsetOf(key) }, message, hint)
  const { model, tools } = matter.data
  return [
    ...(model === undefined || model === null || typeof model === 'string'
      ? []
      : [refuse('model', 'model is not text', 'write "inherit" or a model’s name')]),
    ...(tools === undefined || toolNames(tools)
      ? []
      : [refuse('tools', 'tools is neither text nor a list of names', 'write them with commas')]),
  ]
}

function assemble(
  identity: ClaudeIdentity,
  { data, body }: FrontMatter,
  owner: string | undefined,
): { manifest: JsonObject; guesses: Guess[] } {
  const { id, name, description } = identity
  const { model, guesses: modelGuesses } = modelOf(
    typeof data.model === 'string' ? data.model.trim() : undefined,
  )
  const { skills, guess } = skillsOf(body, { id, name, description })
  const { grants, guesses: grantGuesses } = grantsFor(
    data.tools === undefined ? undefined : toolNames(data.tools),
  )
  const { variables, guesses: variableGuesses } = variablesOf(body)
  const manifest: JsonObject = {
    agentId: id,
    name,
    description,
    ...(owner === undefined ? { status: 'draft' } : { owner }),
    skills,
    ...(model ? { model } : {}),
    prompts: { system: variables.length > 0 ? { path: PROMPT, variables } : PROMPT },
    permissions: grants,
  }
  return {
    manifest,
    guesses: [...guessDraft(owner), ...modelGuesses, ...grantGuesses, guess, ...variableGuesses],
  }
}

/** What has no field in a manifest, as it was written. */
function keep(data: JsonObject, descriptionRest: string): JsonObject {
  const kept = Object.entries(data).filter(([key]) => !MAPPED.has(key))
  return { ...Object.fromEntries(kept), ...(descriptionRest === '' ? {} : { descriptionRest }) }
}
