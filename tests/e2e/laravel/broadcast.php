<?php
// Broadcasts the article's event as Laravel does: the event class, the job that the framework runs for it, the Redis
// broadcaster and predis are the framework's own.
//
//   php broadcast.php REDIS_HOST REDIS_PORT PREFIX CHANNEL [with]
//
// PREFIX is `database.redis.options.prefix` ("" for none); "with" takes the class that has broadcastWith().

foreach (['Illuminate/Broadcasting', 'Illuminate/Container', 'Illuminate/Redis', 'Predis'] as $part) {
    require_once $part . '/autoload.php';
}

use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Broadcasting\Broadcasters\RedisBroadcaster;
use Illuminate\Broadcasting\InteractsWithSockets;
use Illuminate\Container\Container;
use Illuminate\Contracts\Broadcasting\Factory;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;
use Illuminate\Redis\RedisManager;

class WechatLoginedEvent implements ShouldBroadcast
{
    use InteractsWithSockets;

    public $token;
    public $channel;

    public function __construct($token, $channel)
    {
        $this->token = $token;
        $this->channel = $channel;
    }

    public function broadcastOn()
    {
        return [$this->channel];
    }

    public function broadcastAs()
    {
        return 'wechat.login';
    }
}

class WechatLoginedEventWithPayload extends WechatLoginedEvent
{
    public function broadcastWith()
    {
        return ['token' => $this->token, 'name' => '李', 'url' => 'https://shop.example/a'];
    }
}

[, $host, $port, $prefix, $channel] = $argv;
$redis = new RedisManager(new Container, 'predis', [
    'options' => ['prefix' => $prefix],
    'default' => ['host' => $host, 'port' => $port, 'database' => 0],
]);
$broadcaster = new RedisBroadcaster($redis, 'default', $prefix);

$factory = new class($broadcaster) implements Factory {
    private $broadcaster;

    public function __construct($broadcaster)
    {
        $this->broadcaster = $broadcaster;
    }

    public function connection($name = null)
    {
        return $this->broadcaster;
    }
};

$class = ($argv[5] ?? '') === 'with' ? WechatLoginedEventWithPayload::class : WechatLoginedEvent::class;
(new BroadcastEvent(new $class('secret-of-the-user', $channel)))->handle($factory);
echo "sent\n";
