const POLL_MS = 250;

/** Plain HTTP requests to a running service. Every call throws the problem document of an error. */
export function createClient(url) {
  const request = async (method, path, body, type) => {
    const headers = body === undefined ? {} : { 'content-type': type };
    const response = await fetch(url + path, { method, headers, body });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const get = (path) => request('GET', path);
  const post = (path, body) => request('POST', path, JSON.stringify(body), 'application/json');
  return {
    get,
    post,
    upload: (path, file, type) => request('POST', path, file, type),
    /** Waits for the training. */
    train: async (order) => {
      let job = await post('/jobs', order);
      while (!['succeeded', 'failed', 'cancelled'].includes(job.state)) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        job = await get(`/jobs/${job.id}`);
      }
      if (job.state !== 'succeeded')
        throw new Error(`job ${job.id} ${job.state}: ${JSON.stringify(job.error)}`);
      return job;
    },
  };
}
