const SIGN = '/storage/v1/object/sign/'
const SERVICE = '/storage/v1'

/**
 * lite 0.10 answers a request for a signed URL with `signedUrl`, the whole path; Supabase and its client call it
 * `signedURL`, the path below the storage service.
 */
export async function spellSignedUrls(request: Request, response: Response): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (request.method !== 'POST' || !pathname.startsWith(SIGN) || !response.ok) return response
  const answer = (await response.json()) as object | object[]
  return Response.json(Array.isArray(answer) ? answer.map(respell) : respell(answer))
}

function respell({ signedUrl, ...rest }: { signedUrl?: string }): object {
  return signedUrl?.startsWith(SERVICE) ? { ...rest, signedURL: signedUrl.slice(SERVICE.length) } : rest
}
