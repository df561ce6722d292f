import { type RpcError, toRefusal } from './database-error.ts'

/**
 * Calls a SQL function with the rights of `service_role`. Returns database errors; throws when the connection is lost.
 */
export type Rpc = (
  name: string,
  args: Record<string, unknown>,
) => Promise<{ data?: unknown; error?: RpcError | null }>

/** The same inside of a preview: a call that changes the registry changes the preview alone. */
export function rpcInPreview(rpc: Rpc, preview: string): Rpc {
  return (name, args) => rpc('registry_preview_write', { p_env: preview, p_function: name, p_args: args })
}

/**
 * The result of a SQL function.
 * @throws Refusal for an error of the database
 */
export async function call(rpc: Rpc, name: string, args: Record<string, unknown>): Promise<unknown> {
  const { data, error } = await rpc(name, args)
  if (error) throw toRefusal(error)
  return data
}
