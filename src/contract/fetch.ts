/** The `fetch` of the platform, or what stands before it: retries, credentials, another address. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
