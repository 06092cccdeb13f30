// The console's API: JSON in, JSON out, every failure with its sentence.

/** What the service answered when it did not do as asked; status 0 is no answer at all. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retry_after_s = 0,
  ) {
    super(message);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
interface Problem {
  error?: { code?: string; message?: string };
}

let signedOut: () => void = () => undefined;

/** Whom to tell that the session has ended. */
export function onSignedOut(told: () => void): void {
  signedOut = told;
}

export interface Upload<T> {
  done: Promise<T>;
  stop: () => void;
}

/** Bring a file to `/console/api`, and hear how far it has got (0 to 1): `fetch` does not tell that. */
export function upload<T>(path: string, file: Blob, told: (progress: number) => void): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 0);
    request.onerror = request.onabort = () => reject(new Failure(0, "offline", ""));
    request.onload = () => {
      const body = JSON.parse(request.responseText || "{}") as T & Problem;
      if (request.status < 300) return resolve(body);
      if (request.status === 401 && body.error?.code === "signed_out") signedOut();
      reject(new Failure(request.status, body.error?.code ?? "refused", body.error?.message ?? ""));
    };
  });
  request.open("POST", `/console/api${path}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { done, stop: () => request.abort() };
}

/** Ask `/console/api` for something. */
export async function ask<T = void>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/console/api${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  }).catch(() => {
    throw new Failure(0, "offline", "");
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const { error } = (await response.json().catch(() => ({}))) as Problem;
  if (response.status === 401 && error?.code === "signed_out") signedOut();
  const wait_s = Number(response.headers.get("Retry-After")) || 0;
  throw new Failure(response.status, error?.code ?? "refused", error?.message ?? "", wait_s);
}
