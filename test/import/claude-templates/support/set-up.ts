import { checkDefinition } from '../../../../src/contract/check/check.ts'
import type { Finding } from '../../../../src/contract/diagnostic.ts'
import { ALONE } from '../../../../src/contract/kind.ts'
import { claudeCommands } from '../../../../src/import/claude-templates/claude-commands.ts'
import type { ForeignDefinition, ReadOptions } from '../../../../src/import/sources/format.ts'
import { templates } from '../../../../src/plugins/templates/kind.ts'
import type { TemplateManifest } from '../../../../src/plugins/templates/manifest/schema.ts'

export type Made = Omit<ForeignDefinition, 'manifest'> & {
  manifest: TemplateManifest
  steps: Step[]
  /** Findings of the kind's own rules. */
  findings: Finding[]
}

type Plan = Exclude<NonNullable<TemplateManifest['defaultPlan']>, string>
export type Step = Plan['steps'][number]

export interface Given extends Partial<ReadOptions> {
  path?: string
  /** Front matter besides the description. */
  hint?: string
}

/** Reads a body as a command, with all agents there, and checks what comes of it. */
export async function made(body: string, given: Given = {}): Promise<Made> {
  const { hint } = given
  const front = `---\ndescription: Does it.\n${hint === undefined ? '' : `argument-hint: ${hint}\n`}---\n`
  return read(`${front}${body}`, given)
}

/** The same for a whole text. */
export async function read(text: string, given: Given = {}): Promise<Made> {
  const { path = 'commands/the-command.md', ...options } = given
  const foreign = await claudeCommands.read(
    { path, text },
    {
      owner: '@me',
      base: '/plugin',
      siblings: [path],
      isLive: () => true,
      wasThere: () => false,
      ...options,
    },
  )
  if (!foreign.ok) throw new Error(foreign.findings[0]?.message)
  const { definition } = foreign
  const manifest = definition.manifest as TemplateManifest
  return { ...definition, manifest, steps: (manifest.defaultPlan as Plan).steps, findings: check(definition) }
}

function check({ id, manifest, files }: ForeignDefinition): Finding[] {
  const texts = { ...files, 'template.json': JSON.stringify(manifest) }
  const entries = Object.entries(texts)
    .map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  return checkDefinition({ kind: 'templates', id, files: entries, findings: [] }, templates, ALONE).findings
}

/** A call of an agent as most commands write it. */
export function call(agent: string, prompt: string): string {
  const lines = prompt.split('\n').map((line) => (line === '' ? '' : `    ${line}`))
  return ['```', 'Task:', `  subagent_type: "${agent}"`, '  prompt: |', ...lines, '```', ''].join('\n')
}
