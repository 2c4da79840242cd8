/** What runs a container: the process backend below, or an engine for real images. */

/** How a container ended: its exit code, or the signal that ended it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Container {
  readonly pid: number;
  /** Unix socket on which the sandbox's server listens. */
  readonly serverSocket: string;
  readonly exited: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

export type Isolation = "bubblewrap" | "none";

export interface ContainerBackend {
  readonly isolation: Isolation;
  /** Starts a container in a folder of its own and returns once its server listens. @throws Error why it did not */
  start(folder: InstanceFolder): Promise<Container>;
}

/** The two ways in and out of a container. Paths of Unix sockets must stay below 108 bytes. */
export interface InstanceFolder {
  readonly path: string;
  readonly serverSocket: string;
  /** The caller listens here for what the container sends out, before it is started. */
  readonly egressSocket: string;
}

export function instanceFolder(path: string): InstanceFolder {
  return { path, serverSocket: `${path}/server`, egressSocket: `${path}/egress` };
}
