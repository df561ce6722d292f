import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { undelete } from '../../core/rollback.ts'

export default class Undelete extends TreeCommand {
  static override summary = 'Bring a removed definition back as it was.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "removed by mistake" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history' }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<Answer<'registry undelete'>> {
    const { args, flags } = await this.parse(Undelete)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const { kind, id } = requireDefinition(kinds, args, 'registry undelete')
    const { latestVersion: seenVersion } = await requireHead(registry, kind.id, id, kinds)
    const { reason } = flags
    const intent = await this.intent(flags)
    const result = await undelete(registry, { kind: kind.id, id, seenVersion, reason, ...intent })
    return this.answerReleased(result, registry, kinds, { verb: 'undelete', reason, ...intent })
  }
}
