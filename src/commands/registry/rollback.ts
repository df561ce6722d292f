import * as Flags from '@oclif/core/flags'
import { optionalDefinitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import type { Kind } from '../../contract/kind.ts'
import { mainKind } from '../../core/main-kind.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { rollback } from '../../core/rollback.ts'

export default class Rollback extends TreeCommand {
  static override summary = 'Roll a definition back to an earlier version, or undo a whole release.'
  static override description =
    'Appends a revision with the whole content of the earlier version: prompts, MCP settings, tags. Without --to, the earlier version is the last live one before the present one whose content is not held. The content that was rolled back is held: publishing it again needs --unhold.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "loops on large diffs"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --to v3 --reason "loops on large diffs"',
    '<%= config.bin %> <%= command.id %> --release 4f2a9c1 --reason "bad publish" --dry-run',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    to: versionFlag({
      description:
        'the version to go back to, as 3 or v3; by default the last good one before the present one',
      exclusive: ['release'],
    }),
    release: Flags.string({
      description: 'undo this release: its id or commit SHA (a unique start of it)',
      exclusive: ['to'],
    }),
    reason: Flags.string({ description: 'why, for the history', required: true }),
    expect: versionFlag({ description: 'refuse unless this is the newest version', exclusive: ['release'] }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
    force: Flags.boolean({
      description: 'continue although live definitions depend on it, or it was changed since',
    }),
  }

  protected override readonly usualWords = this.argv.some((word) => word.startsWith('--release'))
    ? ''
    : 'agents/<id>'

  async run(): Promise<Answer<'registry rollback'>> {
    const { args, flags } = await this.parse(Rollback)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const target = flags.release
      ? { release: flags.release }
      : await this.revision(registry, kinds, args, flags)
    const kind = 'kind' in target ? target.kind : (mainKind(kinds) as Kind).id
    const { reason, force } = flags
    const intent = await this.intent(flags)
    const result = await rollback(registry, kind, { target, reason, force, ...intent })
    return this.answerReleased(result, registry, kinds, { verb: 'rollback', reason, ...intent })
  }

  private async revision(
    registry: Registry,
    kinds: Kind[],
    args: { kind?: string; id?: string },
    flags: { to?: number; expect?: number },
  ) {
    const { kind, id } = requireDefinition(kinds, args, 'registry rollback')
    const head = await requireHead(registry, kind.id, id, kinds)
    const versions = { expectedVersion: flags.expect, seenVersion: head.latestVersion }
    return { kind: kind.id, id, toVersion: flags.to, ...versions }
  }
}
