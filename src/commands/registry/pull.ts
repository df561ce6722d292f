import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { splitDefinitions } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { count } from '../../cli/present/table.ts'
import { shownPath, TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import { printableText } from '../../core/printable.ts'
import { type Pulled, pull } from '../../core/pull.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { ExportRequest } from '../../import/claude-agents/export-agents.ts'

export default class Pull extends TreeCommand {
  static override summary = 'Write definitions from the registry to disk, verified by their digests.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --version v3 --to /tmp/agents',
    '<%= config.bin %> <%= command.id %> agents',
    '<%= config.bin %> <%= command.id %> agents --format claude --to .claude',
  ]
  static override strict = false
  static override args = {
    kind: Args.string({
      description: 'kind of the definitions, such as agents, or a definition as agents/reviewer',
      required: true,
    }),
    id: Args.string({ description: 'ids; all live definitions of the kind when none is named' }),
  }
  static override flags = {
    env,
    version: versionFlag({ description: 'this version instead of the newest; for one id' }),
    to: Flags.directory({ description: 'folder that gets <kind>/<id>/; the working tree when not given' }),
    force: Flags.boolean({ description: 'replace folders or files that differ' }),
    format: Flags.string({
      description: 'claude: live agents as files of Claude Code, <to>/agents/<id>.md',
      options: ['claude'],
      dependsOn: ['to'],
    }),
  }

  async run(): Promise<Answer<'registry pull'>> {
    const { argv, flags } = await this.parse(Pull)
    const kinds = await this.kinds()
    const { kind, ids } = splitDefinitions(kinds, argv as string[], 'registry pull')
    const registry = await this.registry(kinds)
    for (const id of ids) await requireHead(registry, kind.id, id, kinds)
    const { version, force, to } = flags
    if (flags.format !== undefined) return this.export(registry, { kind, ids, version, to: to ?? '.', force })
    const root = to ?? this.tree(kinds).root
    const pulled = await pull(registry, { kind, ids, version, root, force })
    return this.answer(
      { pulled: pulled.map((one) => ({ kind: kind.id, ...one })) },
      [...pulled.map(renderPulled), count(pulled.length, 'definition')].join('\n'),
    )
  }

  private async export(registry: Registry, request: ExportRequest): Promise<Answer<'registry pull'>> {
    const { kind } = request
    if (kind.id !== 'agents')
      throw new Failure('USAGE', `--format claude writes agents, not ${kind.id}`, 'nofx registry pull agents')
    const { exportAgents } = await import('../../import/claude-agents/export-agents.ts')
    const { exported, refused } = await exportAgents(registry, request)
    const lines = [
      ...exported.map(renderPulled),
      ...exported.flatMap(({ id, lost }) =>
        lost.length > 0 ? [`not in the file of ${id}: ${lost.join(', ')}`] : [],
      ),
      ...refused.map(({ id, reason }) => `not written: ${id}: ${reason}`),
      count(exported.length, 'agent'),
    ]
    const pulled = exported.map((one) => ({ kind: kind.id, ...one }))
    return this.answer({ pulled, refused }, printableText(lines.join('\n')))
  }
}

function renderPulled({ state, dir, version }: Pulled): string {
  return `${state.padEnd(9)}  ${shownPath(dir)}  v${version}`
}
