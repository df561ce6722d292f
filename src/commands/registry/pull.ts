import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { env } from '../../cli/env-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { count } from '../../cli/present/table.ts'
import { shownPath, TreeCommand } from '../../cli/tree-command.ts'
import { MAX_VERSION } from '../../contract/lengths.ts'
import { pull } from '../../core/pull.ts'

export default class Pull extends TreeCommand {
  static override summary = 'Write definitions from the registry to disk, verified by their digests.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer --version 3 --to /tmp/agents',
    '<%= config.bin %> <%= command.id %> agents',
  ]
  static override strict = false
  static override args = {
    kind: Args.string({ description: 'kind of the definitions, such as agents', required: true }),
    id: Args.string({ description: 'ids; all live definitions when none is named' }),
  }
  static override flags = {
    env,
    version: Flags.integer({
      description: 'this version instead of the newest; for one id',
      min: 1,
      max: MAX_VERSION,
    }),
    to: Flags.directory({ description: 'folder that gets <kind>/<id>/; the working tree when not given' }),
    force: Flags.boolean({ description: 'replace folders that differ' }),
  }

  async run(): Promise<object> {
    const { argv, args, flags } = await this.parse(Pull)
    const kinds = await this.kinds()
    const kind = pickKind(kinds, args.kind)
    const registry = await this.registry(kinds)
    const root = flags.to ?? this.tree(kinds).root
    const ids = (argv as string[]).slice(1)
    const pulled = await pull(registry, { kind, ids, version: flags.version, root, force: flags.force })
    const lines = pulled.map((one) => `${one.state.padEnd(9)}  ${shownPath(one.dir)}  v${one.version}`)
    return this.answer({ pulled }, [...lines, count(pulled.length, 'definition')].join('\n'))
  }
}
