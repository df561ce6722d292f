import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { disable } from '../../core/switch.ts'

export default class Disable extends TreeCommand {
  static override summary =
    'Disable a definition at once, without new content: the kill switch when no version is good.'
  static override description =
    'Readers get no version of it any more, and workers stop at the next event. It stays disabled, whatever is published, promoted or rolled back, until it is enabled. Definitions that require it are named, and do not stop it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "sends mails to customers"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "sends mails to customers" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history', required: true }),
    expect: versionFlag({ description: 'refuse unless this is the newest version' }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
  }

  async run(): Promise<Answer<'registry disable'>> {
    const { args, flags } = await this.parse(Disable)
    const kinds = await this.kinds()
    const { kind, id } = requireDefinition(kinds, args, 'registry disable')
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, id, kinds)
    const versions = { expectedVersion: flags.expect, seenVersion: head.latestVersion }
    const intent = await this.intent(flags)
    const request = { kind: kind.id, id, ...versions, reason: flags.reason, ...intent }
    const result = await disable(registry, request)
    return this.answerReleased(result, registry, kinds, { verb: 'disable', reason: flags.reason, ...intent })
  }
}
