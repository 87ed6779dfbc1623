/** Addresses of workflows in the Temporal UI; it shows the latest run where none is named. */
export function createWorkflowUrls(
  temporalUiOrigin: () => string | undefined,
  namespace: string,
): (workflowId: string) => string | undefined {
  return (workflowId) => {
    const origin = temporalUiOrigin();
    return origin === undefined
      ? undefined
      : `${origin.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  };
}
