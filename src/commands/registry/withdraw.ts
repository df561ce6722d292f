import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { MAX_VERSION } from '../../contract/lengths.ts'
import { withdraw } from '../../core/withdraw.ts'

export default class Withdraw extends TreeCommand {
  static override summary =
    'Delete the content of a version from the registry, for a leaked secret or personal data.'
  static override description =
    'Deletes texts and bundle of the version, and of every version with the same content, in production and in previews; workers drop their copies. Hash, commit, names and reason stay. This cannot be undone: the content cannot be published again. A live version is refused: roll it back first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer --version 4 --reason "a token in the prompt"',
    '<%= config.bin %> <%= command.id %> agents reviewer --version 4 --reason "a token in the prompt" --dry-run',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents', required: true }),
    id: Args.string({ description: 'id of the definition', required: true }),
  }
  static override flags = {
    version: Flags.integer({
      description: 'the version whose content is deleted',
      min: 1,
      max: MAX_VERSION,
      required: true,
    }),
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history', required: true }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Withdraw)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const result = await withdraw(registry, {
      kind: pickKind(kinds, args.kind).id,
      id: args.id,
      version: flags.version,
      reason: flags.reason,
      ...(await this.intent(flags)),
    })
    return this.answerReleased(result, registry, kinds)
  }
}
