//! Several requests on one connection without waiting in between.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Sends all requests, in order, then waits for their answers, in order. A request of the client library is sent by
/// its first poll, which is why each future is polled once before any is waited for; helpers that join futures do not
/// promise an order.
pub(super) async fn pipelined<T>(requests: Vec<impl Future<Output = T> + Send>) -> Vec<T> {
    let mut requests: Vec<(Pin<Box<_>>, Option<T>)> =
        requests.into_iter().map(|request| (Box::pin(request), None)).collect();
    poll_fn(|context| {
        for (request, answer) in &mut requests {
            if let Poll::Ready(done) = request.as_mut().poll(context) {
                *answer = Some(done);
            }
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(requests.len());
    for (request, answer) in requests {
        answers.push(match answer {
            Some(answer) => answer,
            None => request.await,
        });
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn all_are_begun_in_order_before_one_is_waited_for() {
        let began = Mutex::new(Vec::new());
        let (answer, answered) = tokio::sync::watch::channel(0);
        let requests = (0..100).map(|number| {
            let (began, mut answered, answer) = (&began, answered.clone(), &answer);
            async move {
                began.lock().unwrap().push(number);
                if number == 99 {
                    answer.send_replace(1);
                    return number;
                }
                answered.wait_for(|answer| *answer == 1).await.unwrap();
                number
            }
        });
        let answers = pipelined(requests.collect()).await;
        assert_eq!(answers, (0..100).collect::<Vec<_>>());
        assert_eq!(*began.lock().unwrap(), answers);
    }
}
