import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { undelete } from '../../core/rollback.ts'

export default class Undelete extends TreeCommand {
  static override summary = 'Bring a removed definition back as it was.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer',
    '<%= config.bin %> <%= command.id %> agents reviewer --reason "removed by mistake" --dry-run',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents', required: true }),
    id: Args.string({ description: 'id of the definition', required: true }),
  }
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history' }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Undelete)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const kind = pickKind(kinds, args.kind).id
    const head = await registry.head(kind, args.id)
    const result = await undelete(registry, {
      kind,
      id: args.id,
      seenVersion: head?.latestVersion,
      reason: flags.reason,
      ...(await this.intent(flags)),
    })
    return this.answerReleased(result, registry, kinds)
  }
}
