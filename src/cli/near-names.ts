import { Failure } from '../contract/failure.ts'
import { nearest } from '../contract/text/nearest.ts'
import type { Registry } from '../core/registry/registry.ts'

/** A registry that can be asked for the names that it has. */
type NameSource = Pick<Registry, 'previews' | 'webhooks'>

/**
 * The error of a command in a preview. For a preview that does not exist, it names the nearest one that does.
 * @param command as it is typed, up to the name of the preview
 */
export async function withNearPreview(
  error: unknown,
  name: string,
  registry: NameSource,
  command: string,
): Promise<unknown> {
  if (!isMissing(error) || (error.detail as { preview?: unknown } | undefined)?.preview !== name) return error
  return withHint(error, await nearestPreview(registry, name), command)
}

/** The preview whose name is nearest; undefined when none is near, or the registry does not list them. */
export async function nearestPreview(registry: NameSource, name: string): Promise<string | undefined> {
  const previews = await registry.previews.list().catch(() => [])
  return nearest(
    name,
    previews.filter((one) => one.name !== name).map((one) => one.name),
  )
}

/**
 * The answer to a request about a webhook. When the webhook does not exist, the failure names the nearest one.
 * @param command as it is typed, up to the id
 * @throws Failure of the request
 */
export async function orNearWebhook<T>(
  answer: Promise<T>,
  id: string,
  registry: NameSource,
  command: string,
): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!isMissing(error)) throw error
    const webhooks = await registry.webhooks.list().catch(() => [])
    const near = nearest(
      id,
      webhooks.map((one) => one.id),
    )
    throw withHint(error, near, command)
  }
}

function isMissing(error: unknown): error is Failure {
  return error instanceof Failure && error.code === 'NOT_FOUND'
}

function withHint(failure: Failure, near: string | undefined, command: string): Failure {
  if (near === undefined) return failure
  const { code, message, at, detail, cause } = failure
  return new Failure(code, message, `did you mean: ${command} ${near}`, { at, detail, cause })
}
