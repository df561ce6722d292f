import { isSame, shownList } from '../../../contract/fields/compare.ts'
import { lifecycleRisks } from '../../../contract/fields/lifecycle-risks.ts'
import type { FileEntry, Risk } from '../../../contract/kind.ts'
import { readOwnValues, readTools } from '../manifest/own-values.ts'
import type { SkillDefinition, SkillManifest } from '../manifest/schema.ts'

/** What a reviewer should check first when a skill changes from `before` (undefined for a new skill) to `after`. */
export function skillRisks(before: SkillDefinition | undefined, after: SkillDefinition): Risk[] {
  return [
    ...toolRisks(before?.manifest, after.manifest),
    ...scriptRisks(before, after),
    ...(before ? ownRisks(before.manifest, after.manifest) : []),
  ]
}

/** Tools with which an agent can do anything. */
const POWERFUL = /^(?:\*|Bash|Shell|Execute|run_shell_command)(?:\(\s*\*?\s*\))?$/i

/** A new skill is compared with one that allows no tool. */
function toolRisks(before: SkillManifest | undefined, after: SkillManifest): Risk[] {
  const old = readTools(before?.['allowed-tools'])
  const added = readTools(after['allowed-tools']).filter((tool) => !old.includes(tool))
  if (added.length === 0) return []
  const level = added.some((tool) => POWERFUL.test(tool)) ? 'high' : 'medium'
  const message = `may use without asking: ${shownList(added)}`
  return [{ id: 'allowed-tools-added', level, field: 'allowed-tools', message }]
}

/** Programs that an agent may run: all files below scripts/, executable ones, and texts that name an interpreter. */
function scriptRisks(before: SkillDefinition | undefined, after: SkillDefinition): Risk[] {
  const [old, now] = [before ? listScripts(before) : new Map<string, unknown>(), listScripts(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path): Risk[] => {
    const risk = (id: string, level: Risk['level'], verb: string): Risk[] => [
      { id, level, field: path, message: `the script ${path} is ${verb}` },
    ]
    if (!old.has(path)) return risk('script-added', 'high', 'new')
    if (!now.has(path)) return risk('script-removed', 'low', 'removed')
    return isSame(old.get(path), now.get(path)) ? [] : risk('script-changed', 'high', 'changed')
  })
}

/** The content of each script: its text, or what is known of an asset. */
function listScripts({ files, texts }: SkillDefinition): Map<string, unknown> {
  const isScript = ({ path, executable }: Partial<FileEntry> & { path: string }) =>
    path.startsWith('scripts/') || executable === true || texts.get(path)?.startsWith('#!') === true
  return new Map(files.filter(isScript).map((file) => [file.path, texts.get(file.path) ?? file]))
}

const PLACES: Readonly<Record<string, string>> = {
  status: 'metadata.nofx-status',
  owner: 'metadata.nofx-owner',
}

function ownRisks(before: SkillManifest, after: SkillManifest): Risk[] {
  const [old, now] = [before, after].map((one) => ({ ...readOwnValues(one), license: one.license }))
  return lifecycleRisks(old ?? {}, now ?? {}).map((risk) => ({
    ...risk,
    field: PLACES[risk.field] ?? risk.field,
  }))
}
