import type { Rpc } from '../../../edge/http/rpc.ts'
import type { ObjectPlace } from '../storage/store-objects.ts'

/** Stages definitions with these arguments of `registry_stage`. */
export type StageRows = (args: Record<string, unknown>) => Promise<void>

const STAGE = `
select public.registry_stage(
  p_key := $1, p_kind := $2, p_singular := $3, p_part := $4, p_items := $5, p_principal := $6)`

/**
 * Stages definitions with four statements. lite parses the text of a request and writes it again, and calls the function
 * with thirteen statements.
 */
export function createStageRows({ transaction }: Pick<ObjectPlace, 'transaction'>): StageRows {
  return ({ p_key, p_kind, p_singular, p_part, p_items, p_principal }) =>
    transaction(async (ask) => {
      await ask('set local role service_role')
      await ask(STAGE, [p_key, p_kind, p_singular, p_part, JSON.stringify(p_items), p_principal])
    })
}

/**
 * Calls functions by `rpc`, except that definitions of production are staged by `stage`. If that fails, for any reason,
 * `rpc` does it and answers with the error: to stage a second time changes nothing.
 */
export function stagingDirectly(rpc: Rpc, stage: StageRows): Rpc {
  return async (name, args) => {
    if (name !== 'registry_stage') return rpc(name, args)
    const isDone = await stage(args).then(
      () => true,
      () => false,
    )
    return isDone ? {} : rpc(name, args)
  }
}
