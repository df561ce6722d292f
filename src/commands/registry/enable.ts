import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { enable } from '../../core/switch.ts'

export default class Enable extends TreeCommand {
  static override summary = 'Enable a definition that was disabled with nofx registry disable.'
  static override description =
    'Its newest content that is not a draft goes live, with what was published or rolled back meanwhile. Everything that it requires must be live.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "fixed in v5"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "fixed in v5" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history', required: true }),
    expect: versionFlag({ description: 'refuse unless this is the newest version' }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
    force: Flags.boolean({ description: 'continue although a requirement is not live' }),
  }

  async run(): Promise<Answer<'registry enable'>> {
    const { args, flags } = await this.parse(Enable)
    const kinds = await this.kinds()
    const { kind, id } = requireDefinition(kinds, args, 'registry enable')
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, id, kinds)
    const versions = { expectedVersion: flags.expect, seenVersion: head.latestVersion }
    const intent = await this.intent(flags)
    const request = { kind: kind.id, id, ...versions, reason: flags.reason, force: flags.force, ...intent }
    const result = await enable(registry, request)
    return this.answerReleased(result, registry, kinds, { verb: 'enable', reason: flags.reason, ...intent })
  }
}
