import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { withdraw } from '../../core/withdraw.ts'

export default class Withdraw extends TreeCommand {
  static override summary =
    'Delete the content of a version from the registry, for a leaked secret or personal data.'
  static override description =
    'Deletes texts and bundle of the version, and of every version with the same content, in production and in previews; workers drop their copies. Hash, commit, names and reason stay. This cannot be undone: the content cannot be published again. A live version is refused: roll it back first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --version 4 --reason "a token in the prompt"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --version 4 --reason "a token in the prompt" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    version: versionFlag({ description: 'the version whose content is deleted', required: true }),
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history', required: true }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<Answer<'registry withdraw'>> {
    const { args, flags } = await this.parse(Withdraw)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const { kind, id } = requireDefinition(kinds, args, 'registry withdraw')
    await requireHead(registry, kind.id, id, kinds)
    const result = await withdraw(registry, {
      kind: kind.id,
      id,
      version: flags.version,
      reason: flags.reason,
      ...(await this.intent(flags)),
    })
    return this.answerReleased(result, registry, kinds)
  }
}
