import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { splitDefinitions } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { count } from '../../cli/present/table.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { shownPath } from '../../core/disk/shown-path.ts'
import { pull } from '../../core/pull.ts'

export default class Pull extends TreeCommand {
  static override summary = 'Write definitions from the registry to disk, verified by their digests.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --version v3 --to /tmp/agents',
    '<%= config.bin %> <%= command.id %> agents',
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
    force: Flags.boolean({ description: 'replace folders that differ' }),
  }

  async run(): Promise<Answer<'registry pull'>> {
    const { argv, flags } = await this.parse(Pull)
    const kinds = await this.kinds()
    const { kind, ids } = splitDefinitions(kinds, argv as string[], 'registry pull')
    const registry = await this.registry(kinds)
    for (const id of ids) await requireHead(registry, kind.id, id, kinds)
    const root = flags.to ?? this.tree(kinds).root
    const pulled = await pull(registry, { kind, ids, version: flags.version, root, force: flags.force })
    const lines = pulled.map((one) => `${one.state.padEnd(9)}  ${shownPath(one.dir)}  v${one.version}`)
    return this.answer(
      { pulled: pulled.map((one) => ({ kind: kind.id, ...one })) },
      [...lines, count(pulled.length, 'definition')].join('\n'),
    )
  }
}
